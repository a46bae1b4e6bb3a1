import { randomUUID } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { MadeCertificate } from '@/lib/partners/testing/certificates'
import { Connection, type Target } from '../../bench/connection'
import type { Es2FunctionName } from '../json-binding'
import { STEPS, type Step } from './figures'

/** A partner as it calls. */
export interface Caller {
  /** `tlsPort` is that of ES2+. */
  target: Target
  identifier: string
  certificate: MadeCertificate
  profileType: string
  connections: number
}

export interface LoadResult {
  orders: number
  failed: number
  failures: string[]
  seconds: number
  /** Processor time of this process */
  cpuMs: number
  latencies: Record<Step, Float64Array>
}

const path = '/gsma/rsp2/es2plus/'
const success = '{"header":{"functionExecutionStatus":{"status":"Executed-Success"'
const mostFailures = 5
const manyFailures = 100

/** The partner's TLS: its certificate is shown in every handshake. */
const secureContextOf = ({ certificate }: Caller): SecureContext =>
  createSecureContext({ minVersion: 'TLSv1.2', cert: certificate.pem, key: certificate.keyPem })

/** Orders over connections that are kept, one order at a time on each, until the time is up or `most` have begun. */
export async function placeOrders(caller: Caller, { seconds, most }: { seconds: number; most: number }): Promise<LoadResult> {
  const secureContext = secureContextOf(caller)
  const open = () => Connection.open(caller.target, true, secureContext)
  const connections = await Promise.all(Array.from({ length: caller.connections }, open))
  const latencies: Record<Step, number[]> = { downloadOrder: [], confirmOrder: [], order: [] }
  const failures: string[] = []
  let [begun, orders, failed] = [0, 0, 0]
  const startedAt = performance.now()
  const cpu = process.cpuUsage()

  const call = async (connection: Connection, name: Es2FunctionName, members: object): Promise<{ iccid: string }> => {
    const header = { functionRequesterIdentifier: caller.identifier, functionCallIdentifier: randomUUID() }
    const calledAt = performance.now()
    const { status, body } = await connection.post(path + name, JSON.stringify({ header, ...members }))
    if (name === 'downloadOrder' || name === 'confirmOrder') latencies[name].push(performance.now() - calledAt)
    const text = body.toString('utf8')
    if (status !== 200 || !text.startsWith(success)) throw new Error(`${name}: ${status} ${text.slice(0, 300)}`)
    return JSON.parse(text) as { iccid: string }
  }

  const work = async (first: Connection): Promise<void> => {
    let connection = first
    while (performance.now() - startedAt < seconds * 1_000 && begun < most) {
      begun++
      const beganAt = performance.now()
      try {
        const { iccid } = await call(connection, 'downloadOrder', { profileType: caller.profileType })
        await call(connection, 'confirmOrder', { iccid, releaseFlag: true })
        latencies.order.push(performance.now() - beganAt)
        orders++
      } catch (error) {
        failed++
        if (failures.length < mostFailures) failures.push(error instanceof Error ? error.message : String(error))
        connection.close()
        if (failed > manyFailures) return
        connection = await open()
      }
    }
    connection.close()
  }
  await Promise.all(connections.map(work))

  const elapsed = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const sorted = Object.fromEntries(STEPS.map(step => [step, Float64Array.from(latencies[step]).sort()]))
  return { orders, failed, failures, seconds: elapsed, cpuMs: (user + system) / 1_000, latencies: sorted as LoadResult['latencies'] }
}
