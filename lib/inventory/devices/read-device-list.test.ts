import { describe, expect, test } from 'vitest'
import { readDeviceList } from './read-device-list'

async function* inPieces(file: string | Buffer, bytes: number) {
  const all = Buffer.from(file)
  for (let at = 0; at < all.length; at += bytes) yield all.subarray(at, at + bytes)
}
const read = (file: string | Buffer, bytes = 7) => readDeviceList(inPieces(file, bytes))
const named = async (file: string | Buffer) => [...(await read(file)).models].map(([tac, { brand, model }]) => `${tac} ${brand}/${model}`)
const sentences = async (file: string) => (await read(file)).problems.map(({ line, sentence }) => `${line}: ${sentence}`)

const both = ['35290611 Acme/Pocket One', '01124500 Globex/G-5, Plus']

describe('a list of devices', () => {
  test.each([
    ['commas', 'tac,brand,model\n35290611,Acme,Pocket One\n01124500,Globex,"G-5, Plus"\n'],
    ['semicolons, CRLF and a byte order mark', '\ufeffTAC;Brand;Model\r\n35290611;Acme;Pocket One\r\n01124500;Globex;G-5, Plus\r\n'],
    [
      'tabs, other spellings and order',
      'Device Name\tType Allocation Code\tHersteller\nPocket One\t35290611\tAcme\nG-5, Plus\t01124500\tGlobex',
    ],
    ['bars and no names', '35290611|Acme|Pocket One\n01124500|Globex|G-5, Plus'],
    [
      'a preamble, and names of two kinds',
      'List of devices, 2026\n\ntac,Manufacturer,Model Name,Marketing Name,Brand Name\n35290611,Acme Trading Ltd,A1,Pocket One,Acme\n01124500,Globex,"G-5, Plus",Not Known,\n',
    ],
    ['two columns of names', 'tac,name,name,comment\n35290611,Acme,Pocket One,x\n01124500,Globex,"G-5, Plus",\n'],
    ['what spreadsheets make of digits', 'TAC,Brand,Model\n="35290611",Acme,Pocket One\n1124500,Globex,"G-5,  Plus"\n'],
    ['blanks and dashes', 'TAC,Brand,Model\n35-290611 , Acme ,Pocket One\n 01 124500,Globex,"G-5, Plus"\n'],
  ])('is read with %s', async (_, file) => {
    expect(await named(file)).toEqual(both)
    expect(await named(Buffer.from(`\ufeff${file.replace('\ufeff', '')}`, 'utf16le'))).toEqual(both)
  })

  test('says how many zeros in front were put back', async () => {
    expect(await read('TAC,Brand,Model\n1124500,Globex,G-5\n35290611,Acme,One\n')).toMatchObject({ padded: 1, refused: 0 })
  })

  test('tells of lines that cannot be used, and reads the others', async () => {
    const file = [
      'tac,brand,model',
      '3.529E+07,Acme,One',
      '352906111234567,Acme,One',
      '3529,Acme,One',
      ',Acme,One',
      'Acme,One,35290611',
      '35290612,-,N/A',
      '35290611,Acme,One',
      '35290611,Acme,Two',
      '35290611,Acme,One',
      '35290613,Acme,',
    ].join('\n')
    expect(await sentences(file)).toEqual([
      '2: A spreadsheet has rounded “3.529E+07”: save the column as text.',
      '3: It has an IMEI of 15 digits where a TAC belongs: that is its first eight.',
      '4: A TAC has eight digits, this one has 4.',
      '5: There is no TAC in this line.',
      '6: “Acme” is no TAC, which has eight digits.',
      '7: Nothing is said of the TAC 35290612: neither brand nor model.',
      '9: The TAC 35290611 stands in line 8 already, with another name. The first one counts.',
    ])
    expect(await named(file)).toEqual(['35290611 Acme/One', '35290613 Acme/'])
  })

  test('names a thousand of the lines that cannot be used, and counts all', async () => {
    const { problems, refused, models } = await read(`tac,brand,model\n35290611,Acme,One\n${'1,Acme,One\n'.repeat(1_500)}`, 4_096)
    expect([models.size, refused, problems.length, problems[0]?.line]).toEqual([1, 1_500, 1_000, 3])
  })

  test.each([
    ['', 'The file is empty.'],
    ['brand,model\nAcme,One\n'.repeat(9), /^No column of TACs was found/],
    ['tac,colour\n35290611,red\n', /^The table has a column of TACs, and none is named brand/],
    ['{"a": 1}', /^This is JSON/],
    [Buffer.from('504b030414000000', 'hex'), /^This is no table/],
  ])('is not one: %j', async (file, sentence) => {
    await expect(read(file)).rejects.toThrow(sentence)
  })

  test('may be of 250,000 devices', async () => {
    const lines = Array.from({ length: 250_000 }, (_, n) => `${35_000_000 + n},Brand ${n % 400},Model ${n}\n`).join('')
    const { models, refused } = await read(`tac,brand,model\n${lines}`, 65_536)
    expect([models.size, refused]).toEqual([250_000, 0])
  }, 30_000)
})
