import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { craftPackage } from './crafted-package'
import { PackageError } from './elements'
import { readTemplateTree } from './template-tree'
import { templateValues } from './template-values'

const names = ['TS48v1_A', 'TS48v3_SAIP2.3_BERTLV', 'TS48v4_SAIP2.1A_NoBERTLV', 'TS48v5_SAIP2.3_BERTLV_SUCI']
const profile = (name: string) => readFileSync(new URL(`../testdata/profiles/${name}.der`, import.meta.url))
const tree = readTemplateTree(profile('TS48v5_SAIP2.3_BERTLV_SUCI'))
const elementOf = (name: string) => tree.elements.find(element => element.name === name)

describe('readTemplateTree', () => {
  test('tells the header and every element with name, number and size', () => {
    expect(tree).toMatchObject({ iccid: '89000123456789012341', saipVersion: '2.3', sizeBytes: 12284 })
    expect(tree.mandatoryServices).toContain('usim-test-algorithm')
    expect(tree.elements.map(({ name }) => name).join(' ')).toBe(
      'header mf pukCodes pinCodes telecom pinCodes genericFileManagement usim opt-usim pinCodes akaParameter gsm-access df-5gs df-saip csim opt-csim pinCodes cdmaParameter isim opt-isim pinCodes akaParameter genericFileManagement genericFileManagement securityDomain rfm rfm rfm rfm end',
    )
    expect(tree.elements.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(12284)
    expect(elementOf('usim')).toMatchObject({ number: 8, identification: 8, mandated: true, title: 'USIM', templateId: '2.23.143.1.2.4' })
  })

  test('tells files with name, path, kind and size, those in directories inside them', () => {
    expect(elementOf('usim')?.files).toEqual([
      expect.objectContaining({ name: 'ADF.USIM', path: '7FD0', kind: 'directory', aid: 'A0000000871002FF49FF0589' }),
    ])
    const files = elementOf('usim')?.files[0]?.files
    expect(files).toHaveLength(23)
    expect(files?.[0]).toEqual({ name: 'EF.IMSI', fid: '6F07', path: '7FD0/6F07', kind: 'transparent', contentBytes: 9, files: [] })
    expect(files?.find(({ name }) => name === 'EF.SMSP')).toMatchObject({ kind: 'linear-fixed', sizeBytes: 84, recordBytes: 42 })
    expect(elementOf('opt-usim')?.files.find(({ name }) => name === 'EF.ACM')).toMatchObject({ path: '7FD0/6F39', kind: 'cyclic' })
    expect(elementOf('telecom')?.files[0]?.files.map(({ path }) => path)).toEqual([
      '7F10/6F06',
      '7F10/6F54',
      '7F10/6FE5',
      '7F10/5F50',
      '7F10/5F3A',
      '7F10/5F3C',
    ])
    expect(elementOf('df-5gs')?.files[0]).toMatchObject({ name: 'DF.5GS', path: '7FD0/5FC0' })
    expect(elementOf('mf')?.files[0]?.files[1]).toMatchObject({ name: 'EF.ICCID', path: '2FE2' })
  })

  test('tells the files of genericFileManagement', () => {
    const managed = tree.elements.filter(({ name }) => name === 'genericFileManagement').flatMap(({ files }) => files)
    expect(managed).toContainEqual(expect.objectContaining({ path: '7F10/6F44', kind: 'cyclic', sizeBytes: 130, recordBytes: 26 }))
    expect(managed).toContainEqual(expect.objectContaining({ path: '7FD0/5FC0/4F0B', kind: 'ber-tlv', sizeBytes: 1024 }))
    expect(managed).toContainEqual(expect.objectContaining({ path: '7F10/6F40', kind: 'link' }))
  })

  test('tells security domains with AID, TAR and the kind of their keys, and remote file management', () => {
    expect(elementOf('securityDomain')?.applications).toEqual([
      expect.objectContaining({
        kind: 'security-domain',
        aid: 'A000000151000000',
        packageAid: 'A0000001515350',
        tars: ['B20100', '000000'],
        keys: expect.arrayContaining([{ keyVersion: 2, keyId: 3, type: 'AES', bytes: 16 }]),
      }),
    ])
    expect(tree.elements.filter(({ name }) => name === 'rfm').map(({ applications }) => applications[0]?.tars)).toEqual([
      ['B00120'],
      ['B00140'],
      ['B00141'],
      ['B00142'],
    ])
  })

  test('tells codes and algorithms without their values', () => {
    expect(tree.elements.find(({ name }) => name === 'pinCodes')?.codes).toEqual([
      { reference: 1, name: 'PIN1', pukReference: 1 },
      { reference: 10, name: 'ADM1' },
      { reference: 11, name: 'ADM2' },
    ])
    expect(elementOf('akaParameter')?.authentication).toEqual({ algorithm: 'usim-test-algorithm', keyBytes: 16 })
  })

  test('neither the tree nor the values tell a key, PIN or PUK', () => {
    for (const name of names) {
      const told = JSON.stringify([readTemplateTree(profile(name)), templateValues(profile(name))]).toLowerCase()
      for (const secret of [
        '000102030405060708090a0b',
        '66778899aabbccdd',
        '0123456789abcdef',
        '30303030',
        '31313131',
        '35353535',
        '39393939',
      ])
        expect(told).not.toContain(secret)
    }
  })

  test('noise and damage are refused with a sentence', () => {
    expect(() => readTemplateTree(Buffer.alloc(10))).toThrow(PackageError)
    const upp = craftPackage()
    for (let at = 0; at < upp.length; at++) {
      const damaged = Buffer.from(upp)
      damaged[at] = (at * 37) & 0xff
      for (const read of [readTemplateTree, templateValues])
        try {
          read(damaged)
        } catch (error) {
          if (!(error instanceof PackageError)) throw error
        }
    }
  })
})

describe('templateValues', () => {
  const valuesOf = (name: string) => new Map(templateValues(profile(name)).map(row => [row.value, row]))

  test('says what a TS.48 package takes and what stands there', () => {
    const values = valuesOf('TS48v5_SAIP2.3_BERTLV_SUCI')
    expect(values.get('iccid')).toEqual({ value: 'iccid', title: 'ICCID', places: ['header', 'EF.ICCID'], present: '89000123456789012341' })
    expect(values.get('imsi')).toMatchObject({ places: ['EF.IMSI'], present: '001010123456063' })
    expect(values.get('impi')?.present).toBe('001010123456789@test.3gpp.com')
    expect(values.get('imsDomain')?.present).toBe('test.3gpp.com')
    expect(values.get('acc')?.present).toBe('0001')
    expect(values.get('k')).toMatchObject({ places: ['akaParameter', 'akaParameter'] })
    expect(values.get('pin2')?.places).toHaveLength(4)
    expect(values.get('suciKeys')).toMatchObject({ places: ['EF.SUCI_Calc_Info_USIM'], present: 'null scheme' })
    expect([...values.values()].filter(({ places }) => places.length === 0)).toEqual([])
  })

  test('says why there is no place', () => {
    const old = valuesOf('TS48v1_A')
    expect(old.get('suciKeys')).toMatchObject({ places: [], reason: expect.stringMatching(/service 124/) })
    const bare = new Map(templateValues(craftPackage()).map(row => [row.value, row]))
    for (const name of ['msisdn', 'k', 'opc', 'pin1', 'puk1', 'otaKeys', 'impi'] as const)
      expect(bare.get(name)).toMatchObject({ places: [], reason: expect.stringMatching(/\.$/) })
  })
})
