import { EUICC_CATEGORIES } from '../explain/eligibility-rules'
import { bits, integer, keyIds, type Members, named, sequence, utf8, version, versions } from './field'

/** PprIds */
export const PPR_IDS = ['pprUpdateControl', 'ppr1', 'ppr2']

const UICC_CAPABILITY = [
  'contactlessSupport',
  'usimSupport',
  'isimSupport',
  'csimSupport',
  'akaMilenage',
  'akaCave',
  'akaTuak128',
  'akaTuak256',
  'usimTestAlgorithm',
  'rfu2',
  'gbaAuthenUsim',
  'gbaAuthenISim',
  'mbmsAuthenUsim',
  'eapClient',
  'javacard',
  'multos',
  'multipleUsimSupport',
  'multipleIsimSupport',
  'multipleCsimSupport',
  'berTlvFileSupport',
  'dfLinkSupport',
  'catTp',
  'getIdentity',
  'profile-a-x25519',
  'profile-b-p256',
  'suciCalculatorApi',
  'dns-resolution',
  'scp11ac',
  'scp11c-authorization-mechanism',
  's16mode',
  'eaka',
  'iotminimal',
]

const RSP_CAPABILITY = [
  'additionalProfile',
  'crlSupport',
  'rpmSupport',
  'testProfileSupport',
  'deviceInfoExtensibilitySupport',
  'serviceSpecificDataSupport',
]

const free = (value: Buffer) => ({ ...integer(Buffer.concat([Buffer.of(0), value])), note: 'octets' })

/** Extended Card Resource Information, ETSI TS 102 226 */
const EXT_CARD_RESOURCE: Members = [
  [0x81, 'numberOfInstalledApplications', integer],
  [0x82, 'freeNonVolatileMemory', free],
  [0x83, 'freeVolatileMemory', free],
]

/** EUICCInfo2 ::= [34] SEQUENCE, SGP.22 §5.7.8 */
export const EUICC_INFO2: Members = [
  [0x81, 'profileVersion', version],
  [0x82, 'svn', version],
  [0x83, 'euiccFirmwareVer', version],
  [0x84, 'extCardResource', sequence(EXT_CARD_RESOURCE)],
  [0x85, 'uiccCapability', bits(UICC_CAPABILITY)],
  [0x86, 'ts102241Version', version],
  [0x87, 'globalplatformVersion', version],
  [0x88, 'rspCapability', bits(RSP_CAPABILITY)],
  [0xa9, 'euiccCiPKIdListForVerification', keyIds],
  [0xaa, 'euiccCiPKIdListForSigning', keyIds],
  [0x8b, 'euiccCategory', named(EUICC_CATEGORIES)],
  [0x99, 'forbiddenProfilePolicyRules', bits(PPR_IDS)],
  [0x04, 'ppVersion', version],
  [0x0c, 'sasAcreditationNumber', utf8],
  [
    0xac,
    'certificationDataObject',
    sequence([
      [0x80, 'platformLabel', utf8],
      [0x81, 'discoveryBaseURL', utf8],
    ]),
  ],
  [0x8d, 'treProperties', bits(['isDiscrete', 'isIntegrated', 'usesRemoteMemory'])],
  [0x8e, 'treProductReference', utf8],
  [0xaf, 'additionalEuiccProfilePackageVersions', versions],
]
