import { expect, test } from 'vitest'
import { boundedSessionMemory, type RememberedSession } from './session-memory'

const now = new Date('2026-01-01T00:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)
const remembered = (transactionId: string, metadataBytes = 0): RememberedSession =>
  ({
    session: { transactionId, expiresAt: later(1_000), metadata: Buffer.alloc(metadataBytes), step: 'authenticated' },
    order: { binding: null },
  }) as unknown as RememberedSession

test('what is remembered last is what is recalled', () => {
  const memory = boundedSessionMemory()
  memory.remember(remembered('A'))
  const bound = remembered('A', 10)
  memory.remember(bound)
  expect(memory.recall('A', now)).toBe(bound)
  memory.forget('A')
  expect(memory.recall('A', now)).toBeUndefined()
})

test('a session is forgotten when its time is over', () => {
  const memory = boundedSessionMemory()
  memory.remember(remembered('A'))
  expect(memory.recall('A', later(999))).toBeDefined()
  expect(memory.recall('A', later(1_000))).toBeUndefined()
  expect(memory.recall('A', now)).toBeUndefined()
})

test('the oldest go first when there are too many, or too large ones; what was forgotten takes no room', () => {
  const memory = boundedSessionMemory(100_000)
  for (let i = 0; i < 50; i++) memory.remember(remembered(`S${i}`))
  expect(memory.recall('S0', now)).toBeUndefined()
  const kept = Array.from({ length: 50 }, (_, i) => memory.recall(`S${i}`, now)).filter(Boolean).length
  expect(kept).toBeGreaterThan(5)
  expect(memory.recall('S49', now)).toBeDefined()
  memory.remember(remembered('large', 60_000))
  expect(memory.recall('S49', now)).toBeDefined()
  expect(memory.recall('S45', now)).toBeUndefined()
  memory.forget('large')
  for (let i = 0; i < 6; i++) memory.remember(remembered(`T${i}`))
  expect(memory.recall('S49', now)).toBeDefined()
})
