import { PPR_IDS } from './euicc-info'
import { bits, element, type Field, type Members, named, octets, rows, sequence, sizeOnly, swappedDigits, utf8 } from './field'
import { NOTIFICATION_EVENT_NAMES } from './names'

const NOTIFICATION_CONFIGURATION: Members = [
  [0x80, 'profileManagementOperation', bits(NOTIFICATION_EVENT_NAMES)],
  [0x81, 'notificationAddress', utf8],
]

/** OperatorId ::= SEQUENCE { mccMnc OCTET STRING (SIZE(3)), gid1 OPTIONAL, gid2 OPTIONAL }; digits of mccMnc as TS 24.008 packs them */
const OPERATOR_ID: Members = [
  [
    0x80,
    'mccMnc',
    value => {
      const [mcc2, mcc1, mnc3, mcc3, mnc2, mnc1] = value.toString('hex').toUpperCase()
      return { value: `${mcc1}${mcc2}${mcc3} ${mnc1}${mnc2}${mnc3 === 'F' ? '' : mnc3}` }
    },
  ],
  [0x81, 'gid1', octets],
  [0x82, 'gid2', octets],
]

/** StoreMetadataRequest ::= [37] SEQUENCE, SGP.22 §5.5.3 */
const STORE_METADATA: Members = [
  [0x5a, 'iccid', swappedDigits],
  [0x91, 'serviceProviderName', utf8],
  [0x92, 'profileName', utf8],
  [0x93, 'iconType', named({ 0: 'jpg', 1: 'png' })],
  [0x94, 'icon', sizeOnly()],
  [0x95, 'profileClass', named({ 0: 'test', 1: 'provisioning', 2: 'operational' })],
  [0xb6, 'notificationConfigurationInfo', rows('notificationConfigurationInformation', NOTIFICATION_CONFIGURATION)],
  [0xb7, 'profileOwner', sequence(OPERATOR_ID)],
  [0x99, 'profilePolicyRules', bits(PPR_IDS)],
  [0xbf22, 'serviceSpecificDataStoredInEuicc', sizeOnly()],
  [0xbf23, 'serviceSpecificDataNotStoredInEuicc', sizeOnly()],
]

/** StoreMetadataRequest under the name that it has where it stands. */
export const decodeStoreMetadata = (name: string, bytes: Buffer): Field => element(name, 0xbf25, bytes, sequence(STORE_METADATA))
