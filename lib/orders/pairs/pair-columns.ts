export type Field = 'iccid' | 'eid' | 'reference' | 'customerEmail' | 'language'

/** Names of columns, as `bare` writes them: English, German, French, Spanish, Chinese, and what is common to all. */
const NAMES: Record<Field, string> = {
  iccid: 'iccid icc iccidnumber simnumber simserialnumber serialnumber sim seriennummer kartennummer numerodeserie numerosim 卡号',
  eid: 'eid euicc euiccid euiccidentifier eidnumber eidnummer numeroeid',
  reference:
    'reference ref order orderid orderreference orderno ordernumber referenz auftrag auftragsnummer bestellung bestellnummer commande referencia pedido 订单 订单号 参考',
  customerEmail:
    'email mail customeremail customermail emailaddress kundenemail kundenmail emailadresse courriel adresseemail correo correoelectronico 邮箱 电子邮件',
  language: 'language lang locale sprache langue idioma 语言',
}

const FIELDS = new Map(
  (Object.entries(NAMES) as [Field, string][]).flatMap(([field, names]) => names.split(' ').map((name): [string, Field] => [name, field])),
)

const bare = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** The meaning of each column, when the cells are names of columns: then none is a number of many digits. Undefined: this is a row like the others. */
export function fieldsOf(cells: readonly string[]): (Field | undefined)[] | undefined {
  if (cells.some(cell => /\d{10}|@/.test(cell.replace(/[\s-]/g, '')))) return undefined
  const fields = cells.map(cell => FIELDS.get(bare(cell)))
  if (!fields.includes('iccid') && !fields.includes('eid')) return undefined
  return fields.map((field, i) => (fields.indexOf(field) === i ? field : undefined))
}
