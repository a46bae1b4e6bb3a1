import { describe, expect, test } from 'vitest'
import { csvLine, csvQuoted, isFormula } from './csv'

describe('a line of CSV', () => {
  test('ends as RFC 4180 has it, with cells in quotes only where they must be', () => {
    expect(csvLine(['8944', '', 'two words', 'a;b'])).toBe('8944,,two words,a;b\r\n')
    expect(csvLine(['a,b', 'say "yes"', 'one\ntwo', ' edge '])).toBe('"a,b","say ""yes""","one\ntwo"," edge "\r\n')
  })

  test.each(['=1+1', '+49 151', '-2+3', '@SUM(A1)', '  =1+1', '\t=1', '\r=1', '＝1+1'])('%j is no formula for a spreadsheet', cell => {
    expect(isFormula(cell)).toBe(true)
    expect(csvLine([cell])).toMatch(/^"?'/)
  })

  test('telephone numbers, codes and empty cells stay as they are', () => {
    for (const cell of ['+4915112345678', 'LPA:1$smdp.example.com$A-B', '000000', '']) expect(csvLine([cell])).toBe(`${cell}\r\n`)
  })

  test('a formula with a quote in it is marked first and then quoted', () => {
    expect(csvLine(['=HYPERLINK("x")'])).toBe(`"'=HYPERLINK(""x"")"\r\n`)
  })

  test('another delimiter is what is quoted, when there is one', () => {
    expect(['a;b', 'a,b'].map(cell => csvQuoted(cell, ';'))).toEqual(['"a;b"', 'a,b'])
  })
})
