import { userInfo } from 'node:os'
import type { Actor } from '@/lib/accounts/actor'
import { type Env, env } from '@/lib/env'
import { onStopSignal } from '@/lib/front-door/stop-signals'
import type { OrderContext } from '@/lib/orders/context'
import { orderContext } from '@/lib/orders/order-context'
import { joinRuntime, type Runtime } from '@/lib/runtime'

function osUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container's user may have no name.
    return String(process.getuid?.() ?? 'unknown')
  }
}

/** Whoever may read the data folder acts as an administrator, under the name of the operating system's user. */
export const terminalActor = (): Actor => ({ kind: 'cli', name: `cli:${osUser()}`, role: 'administrator' })

/** What a command that works on the deployment gets. */
export interface Deployment extends Pick<Runtime, 'db' | 'vault'> {
  env: Env
  actor: Actor
  now: Date
  orders: OrderContext
}

/** Joins the deployment, beside a running server or without one, and leaves it as it was; Ctrl-C does too. */
export async function withRuntime<T>(work: (deployment: Deployment) => Promise<T>): Promise<T> {
  const settings = env()
  const joining = joinRuntime(settings)
  let interrupted: Promise<never> | undefined
  onStopSignal(() => {
    interrupted ??= joining
      .then(({ stop }) => stop())
      .catch(() => undefined)
      .then(() => process.exit(130))
  })
  const { db, vault, stop } = await joining
  const actor = terminalActor()
  const now = new Date()
  try {
    const orders = await orderContext({ db, vault, actor, now }, settings)
    return await work({ db, vault, env: settings, actor, now, orders })
  } finally {
    // What the interrupted work complains about is nobody's concern any more.
    await (interrupted ?? stop())
  }
}
