import { z } from 'zod'
import { Iccid } from '@/lib/rsp/identifiers'

const text = (pattern: RegExp, sentence: string) => z.string({ error: sentence }).regex(pattern, sentence)

const hex = (lengths: readonly number[], sentence: string) =>
  z
    .string({ error: sentence })
    .transform(octets => octets.replace(/\s/g, '').toUpperCase())
    .pipe(z.string().regex(/^([0-9A-F]{2})+$/, sentence))
    .refine(octets => lengths.includes(octets.length / 2), sentence)

/** 15 digits (ITU-T E.212). */
export const Imsi = text(/^[0-9]{15}$/, 'An IMSI has 15 digits.').brand<'Imsi'>()
/** A number in international form, with or without the plus, 3 to 15 digits (ITU-T E.164). */
export const InternationalNumber = text(
  /^\+?[0-9]{3,15}$/,
  'A number has 3 to 15 digits, in international form.',
).brand<'InternationalNumber'>()
const AccessControlClasses = hex([2], 'The access control classes are 4 hexadecimal digits.').brand<'AccessControlClasses'>()
/** K: 16 octets, 32 with TUAK only. */
export const SubscriberKey = hex([16, 32], 'K has 32 hexadecimal digits, or 64 with TUAK.').brand<'SubscriberKey'>()
export const Opc = hex([16], 'OPc has 32 hexadecimal digits.').brand<'Opc'>()
export const Op = hex([16], 'OP has 32 hexadecimal digits.').brand<'Op'>()
export const Topc = hex([32], 'TOPc has 64 hexadecimal digits.').brand<'Topc'>()
export const Pin = text(/^[0-9]{4,8}$/, 'A PIN has 4 to 8 digits.').brand<'Pin'>()
export const Puk = text(/^[0-9]{8}$/, 'A PUK has 8 digits.').brand<'Puk'>()
export const Adm = text(/^([0-9]{4,8}|[0-9A-Fa-f]{16})$/, 'An ADM key has 4 to 8 digits, or 16 hexadecimal digits.').brand<'Adm'>()

const keyNumber = (what: string) => z.number({ error: what }).int(what).min(1, what).max(127, what)

/** A key of a security domain: SCP80 has the versions 01 to 0F, SCP02 20 to 2F, SCP03 30 to 3F, SCP81 40 to 4F. */
export const OtaKey = z.strictObject({
  keyVersion: keyNumber('A key version is a number from 1 to 127.'),
  keyId: keyNumber('A key identifier is a number from 1 to 127.'),
  key: hex([8, 16, 24, 32, 48, 64], 'An OTA key has 8 to 64 octets in hexadecimal.').brand<'OtaKeyData'>(),
  /** Instance AID of the domain, the first one of the package when left out. */
  securityDomain: text(/^([0-9A-Fa-f]{2}){5,16}$/, 'An AID has 5 to 16 octets in hexadecimal.')
    .transform(aid => aid.toUpperCase())
    .optional(),
})

/** A public key of the home network that conceals the subscription identifier (TS 33.501 Annex C). */
export const SuciKey = z
  .strictObject({
    profile: z.enum(['A', 'B'], { error: 'A protection scheme is profile A (X25519) or B (P-256).' }),
    keyId: z
      .number({ error: 'A key identifier is a number from 0 to 255.' })
      .int('A key identifier is a number from 0 to 255.')
      .min(0, 'A key identifier is a number from 0 to 255.')
      .max(255, 'A key identifier is a number from 0 to 255.'),
    publicKey: hex([32, 33, 65], 'The public key has 32 octets in hexadecimal with profile A, 33 or 65 with profile B.'),
  })
  .refine(({ profile, publicKey }) => (publicKey.length === 64) === (profile === 'A'), {
    error: 'The public key has 32 octets with profile A, 33 or 65 with profile B.',
    path: ['publicKey'],
  })

const uri = (pattern: RegExp, sentence: string) => text(pattern, sentence).max(255, sentence)

const shape = {
  iccid: Iccid,
  imsi: Imsi.optional(),
  /** Digits of the MNC within the IMSI. */
  mncLength: z.union([z.literal(2), z.literal(3)], { error: 'The MNC has 2 or 3 digits.' }).optional(),
  /** Content of EF.ACC; that of the IMSI's last digit when left out. */
  acc: AccessControlClasses.optional(),
  msisdn: InternationalNumber.optional(),
  /** Number of the SMS service centre, written into EF.SMSP. */
  smsc: InternationalNumber.optional(),
  /** Record 1 of EF.SMSP: the whole record, or its last 28 octets. */
  smsp: text(/^([0-9A-Fa-f]{2}){28,255}$/, 'An SMS parameter record has 28 octets or more in hexadecimal.').optional(),
  spn: z
    .string({ error: 'A service provider name is text.' })
    .min(1, 'The service provider name is empty.')
    .max(16, 'A service provider name has at most 16 characters.')
    .optional(),
  impi: uri(/^[^\s@:]+@[^\s@]+$/, 'An IMS private identity is written user@realm.').optional(),
  impu: uri(/^(sip|sips|tel):\S+$/, 'An IMS public identity begins with sip: or tel:.').optional(),
  imsDomain: uri(/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/, 'An IMS domain is a host name.').optional(),
  /** Derives the IMS identities that are not given from the IMSI (TS 23.003 §13). */
  deriveIms: z.boolean({ error: 'deriveIms is true or false.' }).optional(),
  /** The template's when left out, except that OPc or TOPc take the place of the USIM test algorithm. */
  algorithm: z
    .enum(['milenage', 'tuak', 'usim-test-algorithm'], { error: 'The algorithm is milenage, tuak or usim-test-algorithm.' })
    .optional(),
  k: SubscriberKey.optional(),
  opc: Opc.optional(),
  /** OPc is computed from it and K. */
  op: Op.optional(),
  topc: Topc.optional(),
  pin1: Pin.optional(),
  pin2: Pin.optional(),
  puk1: Puk.optional(),
  puk2: Puk.optional(),
  adm1: Adm.optional(),
  otaKeys: z.array(OtaKey, { error: 'OTA keys are a list.' }).optional(),
  /** In the order of priority. */
  suciKeys: z
    .array(SuciKey, { error: 'SUCI keys are a list.' })
    .min(1, 'The list of SUCI keys is empty.')
    .max(8, 'There are more than 8 SUCI keys.')
    .optional(),
  routingIndicator: text(/^[0-9]{1,4}$/, 'A routing indicator has 1 to 4 digits.').optional(),
}

/** What makes a template the package of one subscriber. Refuses unknown names and values that contradict each other; messages never quote a value. */
export const SubscriberValues = z
  .strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? `No subscriber value has this name: ${issue.keys?.join(', ')}.` : undefined),
  })
  .superRefine((values, context) => {
    const refuse = (name: keyof typeof shape, message: string) => context.addIssue({ code: 'custom', path: [name], message })
    if (values.op && values.opc) refuse('op', 'OP and OPc are both given; one is enough.')
    if (values.topc && (values.op || values.opc))
      refuse('topc', 'TOPc belongs to TUAK, OPc and OP belong to Milenage; only one of them can be right.')
    for (const name of ['opc', 'op', 'topc', 'algorithm'] as const)
      if (values[name] && !values.k) refuse(name, `${name === 'algorithm' ? 'An algorithm' : operatorCode[name]} needs K with it.`)
    if (values.smsc && values.smsp) refuse('smsc', 'The SMS parameter record and the service centre are both given; one is enough.')
    const keys = (values.otaKeys ?? []).map(({ keyVersion, keyId, securityDomain }) => `${securityDomain}/${keyVersion}/${keyId}`)
    if (new Set(keys).size < keys.length) refuse('otaKeys', 'Two OTA keys have the same version and identifier.')
  })
export type SubscriberValues = z.output<typeof SubscriberValues>
export type SubscriberValueName = keyof typeof shape

const operatorCode = { opc: 'OPc', op: 'OP', topc: 'TOPc' } as const

/** The first sentence about each value that is wrong, by its name: `{ imsi: 'An IMSI has 15 digits.' }`; `''` is for the values together. */
export function valueErrors(error: z.ZodError): Record<string, string> {
  const sentences: Record<string, string> = {}
  for (const { path, message } of error.issues) sentences[path.join('.')] ??= message
  return sentences
}
