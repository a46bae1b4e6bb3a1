import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { tlv } from '@/lib/rsp/tlv'
import { craftEnd, craftHeader, craftMf, craftPackage, element } from './crafted-package'
import { PackageError, readElements } from './elements'

const profile = (name: string) => readFileSync(new URL(`../testdata/profiles/${name}.der`, import.meta.url))

const failure = (bytes: Uint8Array): string => {
  try {
    readElements(bytes)
  } catch (error) {
    if (error instanceof PackageError) return error.message
    throw error
  }
  return 'no error'
}

describe('readElements', () => {
  test('the octets of all elements in a row are the package', () => {
    const upp = profile('TS48v5_SAIP2.3_BERTLV_SUCI')
    const elements = readElements(upp)
    expect(Buffer.concat(elements.map(({ raw }) => raw)).equals(upp)).toBe(true)
    expect(elements.every(({ raw, offset }) => upp.subarray(offset, offset + raw.length).equals(raw))).toBe(true)
    expect(elements.map(({ number }) => number)).toEqual(elements.map((_, index) => index + 1))
  })

  test('names the elements of TS.48 v1 in their order', () => {
    expect(
      readElements(profile('TS48v1_A'))
        .map(({ name }) => name)
        .join(' '),
    ).toBe(
      'header mf pukCodes pinCodes telecom pinCodes genericFileManagement usim opt-usim pinCodes akaParameter gsm-access csim opt-csim ' +
        'pinCodes cdmaParameter isim opt-isim pinCodes akaParameter genericFileManagement genericFileManagement securityDomain rfm rfm rfm rfm end',
    )
  })

  test('reads identification, mandated and template', () => {
    const [header, mf, puk] = readElements(profile('TS48v5_SAIP2.3_BERTLV_SUCI'))
    expect(header).toMatchObject({ name: 'header', mandated: false })
    expect(header?.identification).toBeUndefined()
    expect(mf).toMatchObject({ name: 'mf', identification: 4, mandated: true, templateId: '2.23.143.1.2.1' })
    expect(puk).toMatchObject({ name: 'pukCodes', identification: 5, mandated: true })
    expect(puk?.templateId).toBeUndefined()
  })

  test('reads tags of two octets', () => {
    const oid = tlv(0x81, Buffer.from('67810f010210', 'hex'))
    expect(readElements(craftPackage({ elements: [element(0xbf1f, 3, oid), element(0xbf22, 4)] })).map(({ name }) => name)).toEqual([
      'header',
      'mf',
      'usim',
      'df-5gprose',
      'unknown',
      'end',
    ])
  })

  test.each([
    ['an empty file', Buffer.alloc(0), /empty/],
    ['one octet', Buffer.of(0xbf), /begins with BF/],
    ['a zip file', Buffer.from('PK\u0003\u0004'), /no profile package: it begins with 50/],
    ['hexadecimal text', Buffer.from('a0819f80010281'), /hexadecimal text/],
    ['a bound package', Buffer.from('bf3603800100', 'hex'), /already bound/],
    ['a package that is cut off', craftPackage().subarray(0, -3), /PE 4 at octet \d+ cannot be read: truncated/],
    ['octets after the end', Buffer.concat([craftPackage(), Buffer.alloc(2)]), /after its end element: 2 octets/],
    ['a second end', Buffer.concat([craftPackage(), craftEnd()]), /after its end element/],
    ['an element of another class', Buffer.concat([craftHeader(), tlv(0x30, craftMf()), craftEnd()]), /PE 2 at octet \d+ has tag 30/],
    ['indefinite lengths', Buffer.concat([craftHeader(), Buffer.from('b0800000', 'hex')]), /indefinite/],
    ['a length that is not minimal', Buffer.concat([craftHeader(), Buffer.from('a28101ff', 'hex')]), /minimal/],
    ['an element without PEHeader', Buffer.concat([craftHeader(), tlv(0xa2), craftEnd()]), /PE 2 \(pinCodes, octet \d+\) is malformed/],
    ['a file element without template', Buffer.concat([craftHeader(), element(0xb0, 1), craftEnd()]), /PE 2 \(mf, .*malformed/],
    ['an identification over 15 bits', Buffer.concat([craftHeader(), element(0xa9, 0x8000), craftEnd()]), /32767/],
    ['no DER inside', Buffer.concat([craftHeader(), element(0xa9, 1, Buffer.from('a1028305', 'hex')), craftEnd()]), /PE 2 .*truncated/],
  ])('refuses %s with a sentence', (_, bytes, sentence) => {
    expect(failure(bytes)).toMatch(sentence)
  })

  test('refuses nests that no type has', () => {
    let nest: Buffer = tlv(0x80)
    for (let depth = 0; depth < 5000; depth++) nest = tlv(0xa1, nest)
    expect(failure(Buffer.concat([craftHeader(), element(0xa9, 1, nest), craftEnd()]))).toMatch(/nested too deeply/)
  })
})
