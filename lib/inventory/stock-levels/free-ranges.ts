import type { Transaction } from '@/lib/db/pool'
import { highestImsi, highestProfiles, lastIccidBetween, lastImsiBetween } from '@/lib/db/portal/stock-levels'
import { FormError } from '@/lib/form-error'
import { luhnHolds } from '@/lib/rsp/identifiers'
import { allReorders, type Reorder, reordersOf } from './kept-reorders'
import { bodyOf, type IccidForm, iccidForm, iccidOf, lastOverlap, type NumberRange, nextRange, numberAfter, type Taken } from './next-range'

export interface RangeWanted {
  typeId: string
  quantity: number
  firstIccid?: string | undefined
  firstImsi?: string | undefined
}

/**
 * The next free ranges after the highest numbers of a type, or from the given ones on: in no profile, draft or order to a vendor.
 * IMSIs only where the type has them or the first is given.
 * @throws FormError when there is nothing to continue, or no room
 */
export async function freeRanges(tx: Transaction, input: RangeWanted): Promise<Pick<Reorder, 'iccid' | 'checkDigit' | 'imsi'>> {
  const all = await allReorders(tx)
  const highest = await highestProfiles(tx, input.typeId, 50)
  const { form, from } = firstNumber(input.firstIccid, highest, await reordersOf(tx, input.typeId))
  const iccid = await nextRange({
    from,
    quantity: input.quantity,
    prefixDigits: issuerDigits,
    taken: takenIccids(tx, form, all),
  })
  if (!iccid) {
    const issuer = from.slice(0, issuerDigits)
    throw new FormError(
      `There are no ${input.quantity.toLocaleString('en')} free ICCIDs in a row after ${from} that begin with ${issuer}. Name another first one.`,
      {
        firstIccid: 'No room after this.',
      },
    )
  }
  const imsi = await freeImsis(tx, input, { all, network: highest.find(profile => profile.imsi && profile.mccMnc)?.mccMnc ?? undefined })
  return {
    iccid: { first: iccidOf(iccid.first, form), last: iccidOf(iccid.last, form) },
    checkDigit: form.checkDigit,
    ...(imsi ? { imsi } : {}),
  }
}

// ITU-T E.118: 89, country and issuer are up to seven digits.
const issuerDigits = 7

function firstNumber(
  given: string | undefined,
  highest: readonly { iccid: string }[],
  earlier: readonly Reorder[],
): { form: IccidForm; from: string } {
  const iccids = highest.map(({ iccid }) => iccid).filter(iccid => iccid.length === highest[0]?.iccid.length)
  if (given !== undefined) {
    const likeOthers =
      iccids[0]?.length === given.length ? iccidForm(iccids) : { digits: given.length, checkDigit: given.length > 18 && luhnHolds(given) }
    const mistyped = likeOthers.checkDigit && !luhnHolds(given)
    if (mistyped) throw new FormError(`The check digit of ${given} is wrong.`, { firstIccid: 'A digit is mistyped.' })
    return { form: likeOthers, from: bodyOf(given, likeOthers) }
  }
  if (iccids[0] === undefined && earlier[0] === undefined)
    throw new FormError('This type has no profiles yet whose numbers could be continued: say which ICCID is the first.', {
      firstIccid: 'Which is the first?',
    })
  const [last] = earlier
  const form = iccids[0] === undefined && last ? { digits: last.iccid.last.length, checkDigit: last.checkDigit } : iccidForm(iccids)
  const candidates = [...(iccids[0] === undefined ? [] : [iccids[0]]), ...earlier.map(order => order.iccid.last)]
  const bodies = candidates.filter(iccid => iccid.length === form.digits).map(iccid => bodyOf(iccid, form))
  return { form, from: numberAfter(bodies.reduce((highestYet, body) => (body > highestYet ? body : highestYet))) }
}

const takenIccids = (tx: Transaction, form: IccidForm, orders: readonly Reorder[]): Taken => {
  const ordered = orders
    .filter(({ iccid }) => iccid.first.length === form.digits)
    .map(({ iccid }) => ({ first: bodyOf(iccid.first, form), last: bodyOf(iccid.last, form) }))
  return {
    async lastWithin(first, last) {
      const [low, high] = form.checkDigit ? [`${first}0`, `${last}9`] : [first, last]
      const inProfiles = await lastIccidBetween(tx, low, high)
      return higher(inProfiles && bodyOf(inProfiles, form), lastOverlap(ordered, first, last))
    },
  }
}

const higher = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && other > one) ? other : one

async function freeImsis(
  tx: Transaction,
  input: RangeWanted,
  { all, network }: { all: readonly Reorder[]; network: string | undefined },
): Promise<NumberRange | undefined> {
  const own = await reordersOf(tx, input.typeId)
  const prefix = input.firstImsi?.slice(0, 5) ?? network ?? own.find(order => order.imsi)?.imsi?.first.slice(0, 5)
  if (prefix === undefined) return undefined
  const ordered = all.flatMap(order => (order.imsi ? [order.imsi] : []))
  const ends = own.flatMap(order => (order.imsi?.last.startsWith(prefix) ? [order.imsi.last] : []))
  const last = higher(await highestImsi(tx, input.typeId, prefix), ends.sort().at(-1))
  if (input.firstImsi === undefined && last === undefined) return undefined
  const from = input.firstImsi ?? numberAfter(last ?? '')
  const range = await nextRange({
    from,
    quantity: input.quantity,
    prefixDigits: prefix.length,
    taken: {
      lastWithin: async (first, end) => higher(await lastImsiBetween(tx, first, end), lastOverlap(ordered, first, end)),
    },
  })
  if (range) return range
  throw new FormError(
    `There are no ${input.quantity.toLocaleString('en')} free IMSIs in a row from ${from} on in the network ${prefix}. Name another first one.`,
    {
      firstImsi: 'No room after this.',
    },
  )
}
