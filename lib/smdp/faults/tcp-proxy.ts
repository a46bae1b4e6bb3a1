import { connect, createServer, type Socket } from 'node:net'

/** A wire that can be cut, between the server and its database or a phone and its server. */
export interface TcpProxy {
  readonly port: number
  /** Cuts all connections now; new ones go through. */
  cut(): void
  /** Cuts the connection on which the `nth` next chunk comes, before it is passed on; 0 stops that. */
  cutAt(direction: 'toServer' | 'toClient', nth: number): void
  /** Passes nothing on any more and says so to nobody, new connections included. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

/** @param targetPort on loopback */
export async function openProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>()
  let frozen = false
  let countdown: { direction: 'toServer' | 'toClient'; left: number } | undefined

  const server = createServer(client => {
    const target = connect(targetPort, '127.0.0.1')
    const pair: [Socket, Socket] = [client, target]
    pairs.add(pair)
    const end = () => {
      for (const socket of pair) socket.destroy()
      pairs.delete(pair)
    }
    const pass = (from: Socket, to: Socket, direction: 'toServer' | 'toClient') => {
      from.on('data', (chunk: Buffer) => {
        if (countdown?.direction === direction && --countdown.left <= 0) {
          countdown = undefined
          return end()
        }
        to.write(chunk)
      })
      from.on('error', end).on('close', end)
    }
    pass(client, target, 'toServer')
    pass(target, client, 'toClient')
    if (frozen) for (const socket of pair) socket.pause()
  })
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
  const address = server.address()
  const each = (what: (socket: Socket) => void) => {
    for (const pair of pairs) for (const socket of pair) what(socket)
  }
  return {
    port: address && typeof address === 'object' ? address.port : 0,
    cut: () => each(socket => socket.destroy()),
    cutAt: (direction, nth) => {
      countdown = nth > 0 ? { direction, left: nth } : undefined
    },
    freeze: () => {
      frozen = true
      each(socket => socket.pause())
    },
    thaw: () => {
      frozen = false
      each(socket => socket.resume())
    },
    close: () =>
      new Promise(done => {
        each(socket => socket.destroy())
        server.close(() => done())
      }),
  }
}
