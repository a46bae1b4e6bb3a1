import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'

/** Where the server is. */
export interface Target {
  tlsPort: number
  httpPort: number
  /** As activation codes name it; the Host header */
  smdpAddress: string
}

export interface Answer {
  status: number
  /** As they came */
  head: string
  body: Buffer
}

const anonymous = createSecureContext({ minVersion: 'TLSv1.2' })
const endOfHead = Buffer.from('\r\n\r\n')

/**
 * One HTTP/1.1 connection, one request at a time: just enough for answers with Content-Length, so that the load costs little.
 * The server's certificate is not checked here; the strict phone does that.
 */
export class Connection {
  private received: Buffer = Buffer.alloc(0)
  private wanted = Number.POSITIVE_INFINITY
  private head = ''
  private settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined
  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
  ) {
    socket.on('data', chunk => this.take(chunk))
    socket.on('error', error => this.fail(error))
    socket.on('close', () => this.fail(new Error('The server closed the connection.')))
  }

  /** Without a session to resume: every handshake is a full one. @param secureContext of a client with a certificate */
  static open({ tlsPort, httpPort, smdpAddress }: Target, tls: boolean, secureContext: SecureContext = anonymous): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const opened = () => {
        socket.off('error', reject)
        socket.setNoDelay(true)
        resolve(new Connection(socket, smdpAddress))
      }
      const [servername] = smdpAddress.split(':')
      const socket = tls
        ? connectTls({ host: '127.0.0.1', port: tlsPort, servername, secureContext, rejectUnauthorized: false }, opened)
        : connectPlain({ host: '127.0.0.1', port: httpPort }, opened)
      socket.once('error', reject)
    })
  }

  post(path: string, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
      // Bodies are ASCII, so their length is that of the text.
      this.socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${this.host}\r\nUser-Agent: gsma-rsp-lpad\r\nX-Admin-Protocol: gsma/rsp/v2.2.2\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        'latin1',
      )
    })
  }

  close(): void {
    this.socket.removeAllListeners('close')
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    if (this.head === '') {
      const end = this.received.indexOf(endOfHead)
      if (end < 0) return
      this.head = this.received.toString('latin1', 0, end)
      this.received = this.received.subarray(end + endOfHead.length)
      const length = /\r\ncontent-length: *(\d+)/i.exec(this.head)?.[1]
      if (length === undefined && this.statusOf() !== 204) {
        this.fail(new Error(`An answer without length: ${this.head}`))
        return
      }
      this.wanted = Number(length ?? 0)
    }
    if (this.received.length < this.wanted) return
    const answer = { status: this.statusOf(), head: this.head, body: this.received.subarray(0, this.wanted) }
    this.received = this.received.subarray(this.wanted)
    this.head = ''
    this.wanted = Number.POSITIVE_INFINITY
    const { settle } = this
    this.settle = undefined
    settle?.resolve(answer)
  }

  private statusOf(): number {
    return Number(this.head.slice(9, 12))
  }

  private fail(error: Error): void {
    const { settle } = this
    this.settle = undefined
    settle?.reject(error)
    this.socket.destroy()
  }
}
