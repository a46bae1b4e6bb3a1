import type { ColumnMapping } from './mapping'
import type { FieldName } from './row'

/** Names that vendors give their columns, as `bareName` writes them: English, German, French, Spanish, Chinese. */
const NAMES: Record<FieldName, string> = {
  iccid:
    'iccid iccidnumber iccidno iccidwithcheckdigit fulliccid simiccid efIccid serialnumber serialno serial sernb serno sn simserial simserialnumber simserialno simnumber simno simid simcardnumber uiccid cardid cardno cardnumber cardserialnumber ' +
    'seriennummer seriennr kartennummer kartennr simkartennummer simnummer simkartennr ' +
    'numerodeserie numeroserie numserie nserie noserie numerodecarte numerocarte numerodesim numerosim numerocartesim ' +
    'numerodetarjeta numerotarjeta numerodeserietarjeta numerodelasim numerotarjetasim ' +
    '卡号 序列号 卡序列号 sim卡号 iccid号 集成电路卡识别码 集成电路卡号',
  imsi:
    'imsi imsinumber imsino imsi1 imsi3g usimimsi efimsi subscriberidentity internationalmobilesubscriberidentity subscriberid ' +
    'teilnehmerkennung teilnehmeridentitat internationaleteilnehmerkennung numeroimsi identiteabonne identifiantabonne identidaddeabonado identidaddelabonado ' +
    'imsi号 imsi码 国际移动用户识别码 移动用户识别码 用户识别码',
  msisdn:
    'msisdn mdn phonenumber phoneno phone telephonenumber telephone mobilenumber mobileno mobile dirnum directorynumber subscribernumber ' +
    'rufnummer telefonnummer telefonnr handynummer mobilnummer mobilfunknummer ' +
    'numerodetelephone numerotelephone numerodappel numeroappel numeromobile tel numerodetelefono numerotelefono numerotelefonico telefono movil numeromovil ' +
    '手机号 手机号码 电话号码 移动电话号码 用户号码',
  acc:
    'acc accesscontrol accesscontrolclass accesscontrolclasses accessclass efacc zugriffsklasse zugangsklasse zugriffskontrollklasse ' +
    'classedacces classeacces controledacces clasedeacceso clasedecontroldeacceso controldeacceso 接入控制 接入控制等级 接入控制级别 接入级别',
  smsp: 'smsp efsmsp smsc smscnumber smscaddress smscenter smscentre smsservicecentre smsservicecenter servicecentreaddress kurznachrichtenzentrale smszentrale centresms centredesms centredeservicesms centrosms centrodeserviciosms 短信中心 短信中心号 短信中心号码 短消息中心',
  k: 'k ki kivalue kihex kikey key authkey authenticationkey subscriberkey secretkey kivalueplain clearki plainki authentifizierungsschlussel authentisierungsschlussel teilnehmerschlussel schlussel geheimschlussel cledauthentification cleauthentification cle clesecrete clave clavedeautenticacion clavesecreta 鉴权密钥 认证密钥 根密钥 密钥 ki值 用户密钥',
  opc: 'opc opcvalue opchex milenageopc opcplain opc值 opc密钥',
  op: 'op opvalue opkey milenageop operatorcode operatorvariant op值',
  tuakK: 'tuakk ktuak tuakki tuakkey kituak',
  topc: 'topc topcvalue tuaktopc',
  pin1: 'pin1 pin chv1 pin1code pincode pincode1 pin1value codepin codepin1 codigopin codigopin1 pincode1value pin码 pin1码 个人识别码',
  pin2: 'pin2 chv2 pin2code pincode2 pin2value codepin2 codigopin2 pin2码',
  puk1: 'puk1 puk puc puc1 puk1code pukcode pukcode1 unblockchv1 unblockpin1 unblockingkey1 codepuk codepuk1 codigopuk codigopuk1 entsperrcode entsperrcode1 superpin puk码 puk1码 解锁码',
  puk2: 'puk2 puc2 puk2code pukcode2 unblockchv2 unblockpin2 unblockingkey2 codepuk2 codigopuk2 entsperrcode2 puk2码',
  adm1: 'adm1 adm adm1key admkey adm1hex adm1code admcode admpin adm1pin pinadm codeadm codeadm1 codigoadm adminkey administrativekey administratorschlussel cleadministrateur cleadm claveadm clavedeadministrador adm码 adm1码 adm密钥 管理密钥 管理员密钥',
}

const fieldOfName = new Map(
  Object.entries(NAMES).flatMap(([field, names]) => names.split(' ').map(name => [name.toLowerCase(), field as FieldName] as const)),
)

/** Written on a column whose values are encrypted under a transport key. */
const encryptedNames: Record<string, FieldName> = {
  eki: 'k',
  encki: 'k',
  kienc: 'k',
  encryptedki: 'k',
  kiencrypted: 'k',
  ekey: 'k',
  eopc: 'opc',
  encopc: 'opc',
  opcenc: 'opc',
  encryptedopc: 'opc',
  opcencrypted: 'opc',
}

/** The last column of the faulty rows that are given back; of a table that was mended and comes again it is passed over. */
export const reasonColumn = 'reason'

/** A column's name without blanks, signs, accents, case and what stands in brackets. */
export const bareName = (name: string): string =>
  name
    .replace(/\(.*?\)|\[.*?\]/g, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/n[°º]/g, 'n')
    .replace(/[^\p{L}\p{N}]/gu, '')

export interface NamedColumn {
  column: ColumnMapping
  /** The whole name is known, not only a part of it. */
  exact: boolean
  encrypted: boolean
}

/** What a column is by its name; undefined when the name says nothing. */
export function columnOfName(header: string): NamedColumn | undefined {
  const name = bareName(header)
  const named = (column: ColumnMapping, exact = true, encrypted = false): NamedColumn => ({
    column: { header, ...column },
    exact,
    encrypted,
  })
  const field = fieldOfName.get(name)
  if (field) return named({ to: field })
  if (name === reasonColumn) return named({ to: 'ignore' })
  const encrypted = encryptedNames[name]
  if (encrypted) return named({ to: encrypted }, true, true)
  const ota = otaColumn(name)
  if (ota) return named(ota)
  const part = /iccid|imsi|msisdn|topc|opc|puk[12]|pin[12]|adm1/.exec(name)?.[0]
  return part ? named({ to: part as FieldName }, false) : undefined
}

const otaKeyIds: Record<string, number> = { kic: 1, enc: 1, kid: 2, mac: 2, kik: 3, dek: 3 }

/** KIC1, KID_02, OTA KIK 3: keys of SCP80, the version in decimal. SCP03_ENC_30, KMAC20: the version in hexadecimal. */
function otaColumn(name: string): ColumnMapping | undefined {
  const scp80 = /^(?:ota|scp80)?(?:key)?(kic|kid|kik)(?:key)?0?([1-9]|1[0-5])?$/.exec(name)
  if (scp80?.[1]) return { to: 'otaKey', keyVersion: Number(scp80[2] ?? 1), keyId: otaKeyIds[scp80[1]] }
  const scp03 = /^(scp0[23])?(?:isd|mnosd)?k?(enc|mac|dek)(?:key)?([2-4][0-9a-f])?$/.exec(name)
  if (scp03?.[2]) {
    const version = scp03[3] ?? (scp03[1] === 'scp02' ? '20' : '30')
    return { to: 'otaKey', keyVersion: Number.parseInt(version, 16), keyId: otaKeyIds[scp03[2]] }
  }
  return undefined
}
