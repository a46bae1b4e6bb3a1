import { z } from 'zod'
import type { MessageRow } from '@/lib/db/partners/message-rows'
import { FormError } from '@/lib/form-error'
import { listMessages, type MessageFilters, replayMessages } from '@/lib/partners/messages/replay'
import { Iccid } from '@/lib/rsp/identifiers'
import { type Command, command, manyArguments, noArguments, number, option } from './command'
import { UsageError } from './failure'
import { localTime, type Output } from './output'
import { withRuntime } from './with-runtime'

const mostListed = 10_000

const listing = {
  to: option('NAME', 'Only to this partner or webhook', z.string().min(1)),
  limit: option(
    'N',
    'How many at most (default 50)',
    number(
      z
        .int()
        .min(1)
        .max(mostListed, `At most ${mostListed.toLocaleString('en')}.`),
    ),
  ),
}

const stateWords = ({ state, attempts, sentAt, nextTryAt }: MessageRow): string => {
  if (state === 'sent') return `sent ${sentAt ? localTime(sentAt) : ''}`
  if (state === 'dead') return 'dead'
  return attempts > 0 ? `again ${localTime(nextTryAt)}` : 'waiting'
}

function show(out: Output, rows: MessageRow[], none: string): void {
  out.answer(rows, () => {
    if (rows.length === 0) return out.line(none)
    out.table(
      ['Id', 'Made', 'To', 'ICCID', 'What', 'State', 'Why not'],
      rows.map(row => [
        row.id,
        localTime(row.createdAt),
        row.endpoint,
        row.iccid,
        row.name,
        stateWords(row),
        row.state === 'sent' ? '' : (row.failure ?? ''),
      ]),
    )
  })
}

const showing = (filters: Omit<MessageFilters, 'limit'> & { limit: number | undefined }, out: Output, none: string) =>
  withRuntime(async ({ db, actor }) => show(out, await listMessages(db, { actor }, { ...filters, limit: filters.limit ?? 50 }), none))

const list = command({
  name: 'messages list',
  verb: 'message:read',
  forms: ['[--iccid ICCID] [--to NAME]'],
  summary: 'List what partners and webhooks were told, newest first',
  options: { ...listing, iccid: option('ICCID', 'Only of this profile', Iccid) },
  arguments: noArguments,
  run: ({ options: { iccid, to, limit }, out }) => showing({ iccid, endpoint: to, limit }, out, 'Nobody has been told anything.'),
})

const dead = command({
  name: 'messages dead',
  verb: 'message:read',
  forms: ['[--to NAME]'],
  summary: 'List what was given up after three days',
  options: listing,
  arguments: noArguments,
  run: ({ options: { to, limit }, out }) => showing({ state: 'dead', endpoint: to, limit }, out, 'Nothing was given up.'),
})

const Id = z.string().regex(/^\d{1,18}$/, 'A number of messages list is expected.')

const replay = command({
  name: 'messages replay',
  verb: 'message:replay',
  forms: ['ID…', '--dead-of NAME'],
  summary: 'Send messages again, or all that were given up of a partner or webhook; a running server sends them',
  notes: ['Each is sent in its place among those of its profile, under the functionCallIdentifier that it had.'],
  options: { 'dead-of': option('NAME', 'All dead ones to this partner or webhook', z.string().min(1)) },
  arguments: manyArguments('ID', Id),
  run: ({ options: { 'dead-of': deadOf }, arguments: ids, out }) => {
    if ((ids.length === 0) === (deadOf === undefined)) throw new UsageError('Give numbers of messages, or --dead-of NAME.')
    return withRuntime(async ({ db, actor, now }) => {
      const listed = deadOf === undefined ? [] : await listMessages(db, { actor }, { state: 'dead', endpoint: deadOf, limit: mostListed })
      const endpoints = new Set(listed.map(({ endpointId }) => endpointId))
      let count = 0
      for (const what of deadOf === undefined ? [{ ids }] : [...endpoints].map(endpointId => ({ deadOf: endpointId })))
        count += (await replayMessages(db, { actor, now }, what)).count
      if (count === 0) throw new FormError('There is nothing to send again: no such message, or its endpoint was removed.')
      out.answer({ messages: count }, () => out.line(`${count} ${count === 1 ? 'message is' : 'messages are'} sent again.`))
    })
  },
})

export const messagesCommands: Command[] = [list, dead, replay]
