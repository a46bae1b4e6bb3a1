import { describe, expect, test } from 'vitest'
import { type Lane, type Verdict, WorkQueue } from './work-queue'

function queueOf(options: { concurrency: number; queue: number }) {
  const clock = { now: 0 }
  const turns: (() => void)[] = []
  const queue = new WorkQueue({ ...options, maxWaitMs: 2_000, now: () => clock.now, endOfTurn: run => turns.push(run) })
  const told: string[] = []
  const enter = (name: string, lane: Lane): void => {
    const tell = (verdict: Verdict) => told.push(`${name} ${verdict}`)
    const verdict = queue.enter(lane)
    if (typeof verdict === 'string') tell(verdict)
    else verdict.then(tell)
  }
  /** Ends the turn, and lets those speak who were told something. */
  const endTurn = async () => {
    for (const run of turns.splice(0)) run()
    await Promise.resolve()
  }
  return { clock, queue, told, enter, endTurn }
}

describe('the queue', () => {
  test('lets in as many as may work at once, lets as many wait as may, and sends the rest away at once', () => {
    const { told, enter, queue } = queueOf({ concurrency: 2, queue: 2 })
    for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name, 'session')
    expect(told).toEqual(['a entered', 'b entered', 'e full'])
    expect([queue.inWork, queue.waiting('session')]).toEqual([2, 2])
  })

  test('gives a place back only when the turn has ended', async () => {
    const { told, enter, endTurn, queue } = queueOf({ concurrency: 1, queue: 5 })
    enter('a', 'session')
    queue.leave()
    enter('b', 'session')
    expect(told).toEqual(['a entered'])
    await endTurn()
    expect(told).toEqual(['a entered', 'b entered'])
    queue.leave()
    await endTurn()
    expect(queue.inWork).toBe(0)
  })

  test('has room for openings in half of its places only', () => {
    const { told, enter, queue } = queueOf({ concurrency: 1, queue: 4 })
    for (const name of ['a', 'b', 'c', 'd']) enter(name, 'opening')
    expect(told).toEqual(['a entered', 'd full'])
    expect([queue.hasRoom('opening'), queue.hasRoom('session')]).toEqual([false, true])
  })

  test('steps of sessions overtake openings, and of four places one is for an opening', async () => {
    const { told, enter, endTurn, queue } = queueOf({ concurrency: 1, queue: 100 })
    enter('first', 'opening')
    for (let i = 0; i < 3; i++) enter(`opening${i}`, 'opening')
    for (let i = 0; i < 6; i++) enter(`session${i}`, 'session')
    for (let i = 0; i < 9; i++) {
      queue.leave()
      await endTurn()
    }
    expect(told.map(line => line.replace(' entered', ''))).toEqual([
      'first',
      'session0',
      'session1',
      'session2',
      'opening0',
      'session3',
      'session4',
      'session5',
      'opening1',
      'opening2',
    ])
  })

  test('lets no opening wait behind one that has waited for half of the time', () => {
    const { clock, told, enter } = queueOf({ concurrency: 1, queue: 10 })
    enter('a', 'session')
    enter('opening', 'opening')
    clock.now = 1_001
    enter('too late', 'opening')
    enter('in time', 'session')
    expect(told).toEqual(['a entered', 'too late full'])
  })

  test('sends an opening away at once that would wait for over half of the time at the pace of the line; a session’s step may wait', async () => {
    const { clock, told, enter, endTurn, queue } = queueOf({ concurrency: 1, queue: 100 })
    enter('a', 'opening')
    for (let i = 0; i < 3; i++) enter(`b${i}`, 'opening')
    clock.now = 400
    queue.leave()
    await endTurn()
    for (const name of ['c', 'd']) enter(name, 'opening')
    enter('step', 'session')
    expect(told).toEqual(['a entered', 'b0 entered', 'd full'])
    clock.now = 500
    for (let i = 0; i < 4; i++) {
      queue.leave()
      await endTurn()
    }
    enter('e', 'opening')
    expect(told.slice(3)).toEqual(['step entered', 'b1 entered', 'b2 entered', 'c entered'])
    expect(queue.waiting('opening')).toBe(1)
  })

  test('sends away who has waited too long, while the work does not end', async () => {
    const { clock, told, enter, endTurn, queue } = queueOf({ concurrency: 1, queue: 10 })
    enter('a', 'session')
    enter('early', 'opening')
    clock.now = 1_500
    enter('late', 'session')
    clock.now = 2_000
    queue.expire()
    await Promise.resolve()
    expect(told).toEqual(['a entered', 'early late'])
    queue.leave()
    await endTurn()
    expect(told.at(-1)).toBe('late entered')
    expect(queue.inWork).toBe(1)
  })
})
