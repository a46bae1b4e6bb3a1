import { iccidToBcd, iccidToSwappedBcd } from '@/lib/rsp/identifiers'
import { akaWrites } from '@/lib/rsp/saip/aka-values'
import type { FilePlace, NoPlace } from '@/lib/rsp/saip/file-place'
import { filledTemplate, PersonalisationError, type PreparedTemplate, type Write } from '@/lib/rsp/saip/prepare-template'
import type { SubscriberValueName, SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import {
  accOfImsi,
  adContent,
  codeOctets,
  imsContent,
  imsDomainOf,
  imsiContent,
  msisdnRecord,
  msisdnTailBytes,
  routingIndicatorContent,
  smspRecord,
  smspTailBytes,
  spnContent,
  suciContent,
} from '@/lib/rsp/saip/value-encoding'
import type { CodeName, ValuePlaces } from '@/lib/rsp/saip/value-places'

export { PersonalisationError, type PreparedTemplate, prepareTemplate } from '@/lib/rsp/saip/prepare-template'

/**
 * Makes the package of one subscriber: the template with these values in their places, all else octet for octet as it was.
 * Files keep their sizes, except that a transparent one grows to hold an IMS identity or SUCI key; records keep their lengths.
 * @returns unprotected profile package, a new buffer
 * @throws PersonalisationError for a value without a place in the template, or one that does not fit
 */
export function personalise(template: PreparedTemplate, values: SubscriberValues): Buffer {
  const { places } = template
  return filledTemplate(template, [
    ...iccidWrites(places, values),
    ...subscriptionWrites(places, values),
    ...imsWrites(places, values),
    ...akaWrites(places, values),
    ...codeWrites(places, values),
    ...otaWrites(places, values),
    ...suciWrites(places, values),
  ])
}

function iccidWrites({ headerIccid, files }: ValuePlaces, { iccid }: SubscriberValues): Write[] {
  return [{ value: 'iccid', place: headerIccid, octets: iccidToBcd(iccid) }, write('iccid', files.iccid, () => iccidToSwappedBcd(iccid))]
}

function subscriptionWrites({ files }: ValuePlaces, { imsi, acc, mncLength, msisdn, smsc, smsp, spn }: SubscriberValues): Write[] {
  const writes: Write[] = []
  if (imsi) writes.push(write('imsi', files.imsi, () => imsiContent(imsi)))
  if (acc) writes.push(write('acc', files.acc, () => Buffer.from(acc, 'hex')))
  else if (imsi && 'writer' in files.acc) writes.push(write('acc', files.acc, () => accOfImsi(imsi)))
  if (mncLength) writes.push(write('mncLength', files.ad, ({ current }) => adContent(current, mncLength)))
  if (msisdn) writes.push(write('msisdn', files.msisdn, place => msisdnRecord(firstRecord('msisdn', place, msisdnTailBytes), msisdn)))
  if (smsc) writes.push(write('smsc', files.smsp, place => smspRecord(firstRecord('smsc', place, smspTailBytes), smsc)))
  if (smsp)
    writes.push(write('smsp', files.smsp, place => wholeRecord(firstRecord('smsp', place, smspTailBytes), Buffer.from(smsp, 'hex'))))
  if (spn)
    writes.push(
      write('spn', files.spn, ({ current }) => {
        const content = spnContent(current, spn)
        if (!content) throw new PersonalisationError('spn', 'The service provider name needs more than 16 octets.')
        return content
      }),
    )
  return writes
}

function imsWrites(places: ValuePlaces, { imsi, mncLength, deriveIms, impi, impu, imsDomain }: SubscriberValues): Write[] {
  const { files } = places
  const derived = deriveIms ? derivedDomain(imsi, mncLength ?? places.mncLength) : undefined
  const identity = impi ?? (derived && `${imsi}@${derived}`)
  const publicIdentity = impu ?? (derived && `sip:${imsi}@${derived}`)
  const domain = imsDomain ?? derived
  const writes: Write[] = []
  if (identity) writes.push(write('impi', files.impi, place => padded(imsContent(identity), place)))
  if (publicIdentity) writes.push(write('impu', files.impu, place => padded(imsContent(publicIdentity), place)))
  if (domain) writes.push(write('imsDomain', files.imsDomain, place => padded(imsContent(domain), place)))
  return writes
}

function derivedDomain(imsi: string | undefined, mncLength: number | undefined): string {
  if (!imsi) throw new PersonalisationError('deriveIms', 'IMS identities are derived from the IMSI, which is not given.')
  if (!mncLength) throw new PersonalisationError('deriveIms', 'Neither the values nor EF.AD of the template say how long the MNC is.')
  return imsDomainOf(imsi, mncLength)
}

const CODE_TITLE: Record<CodeName, string> = { pin1: 'PIN1', pin2: 'PIN2', puk1: 'PUK1', puk2: 'PUK2', adm1: 'ADM1' }

function codeWrites({ codes }: ValuePlaces, values: SubscriberValues): Write[] {
  const writes: Write[] = []
  for (const name of ['pin1', 'pin2', 'puk1', 'puk2', 'adm1'] as const) {
    const code = values[name]
    if (code === undefined) continue
    if (codes[name].length === 0) throw new PersonalisationError(name, `The template has no ${CODE_TITLE[name]}.`)
    const octets = codeOctets(code)
    for (const place of codes[name]) writes.push({ value: name, place, octets })
  }
  return writes
}

// GlobalPlatform key types: 80 to 87 DES, 88 AES; PSK-TLS (85) takes any length.
const keyBytesOf = (keyType: number): readonly number[] => {
  if (keyType === 0x88) return [16, 24, 32]
  if (keyType === 0x85) return [16, 24, 32, 48, 64]
  return keyType >= 0x80 && keyType <= 0x87 ? [8, 16, 24] : []
}

function otaWrites({ otaKeys }: ValuePlaces, { otaKeys: keys = [] }: SubscriberValues): Write[] {
  return keys.map(({ keyVersion, keyId, key, securityDomain = otaKeys[0]?.securityDomain }) => {
    const place = otaKeys.find(row => row.keyVersion === keyVersion && row.keyId === keyId && row.securityDomain === securityDomain)
    if (!place)
      throw new PersonalisationError('otaKeys', `The template has no key ${keyId} of version ${keyVersion} in this security domain.`)
    const octets = Buffer.from(key, 'hex')
    if (octets.length !== place.data.value.length && !keyBytesOf(place.keyType).includes(octets.length))
      throw new PersonalisationError(
        'otaKeys',
        `Key ${keyId} of version ${keyVersion} has ${octets.length} octets, which its type in the template does not allow.`,
      )
    return { value: 'otaKeys', place: place.data, octets }
  })
}

function suciWrites({ suci, files }: ValuePlaces, { suciKeys, routingIndicator }: SubscriberValues): Write[] {
  const writes: Write[] = []
  if (suciKeys) writes.push(write('suciKeys', suci, place => padded(suciContent(suciKeys), place)))
  if (routingIndicator) writes.push(write('routingIndicator', files.routingIndicator, () => routingIndicatorContent(routingIndicator)))
  return writes
}

function write(value: SubscriberValueName, place: FilePlace | NoPlace, encode: (place: FilePlace) => Buffer): Write {
  if (!('writer' in place)) throw new PersonalisationError(value, place.reason)
  return { value, place, octets: encode(place) }
}

function padded(content: Buffer, { sizeBytes = 0 }: FilePlace): Buffer {
  if (content.length >= sizeBytes) return content
  const whole = Buffer.alloc(sizeBytes, 0xff)
  content.copy(whole)
  return whole
}

function firstRecord(value: SubscriberValueName, { name, current, sizeBytes = 0 }: FilePlace, tailBytes: number): Buffer {
  if (sizeBytes < tailBytes)
    throw new PersonalisationError(value, `A record of ${name} has ${sizeBytes} octets in the template, it needs ${tailBytes}.`)
  const record = Buffer.alloc(sizeBytes, 0xff)
  current?.copy(record, 0, 0, sizeBytes)
  return record
}

function wholeRecord(record: Buffer, given: Buffer): Buffer {
  if (given.length === record.length) return given
  if (given.length !== smspTailBytes)
    throw new PersonalisationError('smsp', `The SMS parameter record has ${given.length} octets, in the template it has ${record.length}.`)
  given.copy(record, record.length - smspTailBytes)
  return record
}
