import { type Database, transaction } from '@/lib/db/pool'
import { setAlerted, typesToAlert } from '@/lib/db/portal/stock-levels'
import { sendMail } from '@/lib/mail/send-mail'
import { daysLeftWords, perDayWords } from './pace'
import { type StockLevel, stockLevel } from './stock-levels'

interface Options {
  now: Date
  /** Origin of the portal, for the link. */
  portalUrl: string
}

const whole = (count: number): string => count.toLocaleString('en')

/** Tells the people whom a type names: once when fewer are available than its level, once when there is enough again. */
export async function alertOfStock(db: Database, { now, portalUrl }: Options): Promise<void> {
  for (const { typeId, typeName, alertLevel, alertRecipients, available } of await typesToAlert(db)) {
    const isLow = alertLevel !== null && available < alertLevel
    const level = await stockLevel(db, now, typeId)
    const link = `${portalUrl}/types/${typeId}`
    const mail = isLow ? lowMail(typeName, { available, alertLevel, level, link }) : enoughMail(typeName, { alertLevel, link })
    await transaction(db, async tx => {
      if (!(await setAlerted(tx, typeId, isLow ? now : null)) || alertLevel === null) return
      for (const to of alertRecipients) await sendMail(tx, { to, ...mail })
    })
  }
}

interface Low {
  available: number
  alertLevel: number
  level: StockLevel | undefined
  link: string
}

function lowMail(typeName: string, { available, alertLevel, level, link }: Low) {
  const left = available === 0 ? 'None are left' : available === 1 ? 'One is left' : `${whole(available)} are left`
  return {
    subject: `Stock of ${typeName} is low: ${left.toLowerCase()}`,
    text: [
      `${left} of the profile type ${typeName}; you asked to be told below ${whole(alertLevel)}.`,
      paceSentence(level, available),
      '',
      `Its stock, and the file for ordering more: ${link}`,
      '',
      'You get one more mail, when there is enough again.',
    ].join('\n'),
  }
}

const enoughMail = (typeName: string, { alertLevel, link }: { alertLevel: number | null; link: string }) => ({
  subject: `Stock of ${typeName} is enough again`,
  text: `At least ${whole(alertLevel ?? 0)} profiles of the type ${typeName} are available again.\n\n${link}`,
})

function paceSentence(level: StockLevel | undefined, available: number): string {
  if (!level?.pace.known) return 'How long they last cannot be said yet: there is less than a week of history.'
  const { perDay } = level.pace
  if (perDay === 0) return 'No orders took any in the last weeks.'
  return `At the pace of the last weeks, ${perDayWords(perDay)} a day, they last ${daysLeftWords(available / perDay)}.`
}
