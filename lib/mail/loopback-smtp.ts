import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface ReceivedMail {
  from: string
  to: string[]
  /** Headers and body as they came. */
  data: string
}

/** A mail server of the tests, on loopback. */
export interface LoopbackSmtp {
  port: number
  received: ReceivedMail[]
  /** What it answers to a command instead of its usual answer; undefined: the usual one. */
  answer: (command: string) => string | undefined
  close(): Promise<void>
}

/** Starts one: RFC 5321 as far as a client goes that sends a mail and hopes for the best. */
export async function startLoopbackSmtp(port = 0): Promise<LoopbackSmtp> {
  const sockets = new Set<Socket>()
  const smtp: LoopbackSmtp = { port, received: [], answer: () => undefined, close: async () => undefined }
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    talk(socket, smtp)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  smtp.port = (server.address() as AddressInfo).port
  smtp.close = async () => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return smtp
}

function talk(socket: Socket, smtp: LoopbackSmtp): void {
  const say = (line: string) => socket.write(`${line}\r\n`)
  let mail: ReceivedMail = { from: '', to: [], data: '' }
  let inData = false
  let rest = ''

  const usual = (line: string): string => {
    const [, verb = '', address = ''] = /^(EHLO|HELO|MAIL FROM|RCPT TO|DATA|RSET|QUIT|AUTH PLAIN)(?::<([^>]*)>)?/i.exec(line) ?? []
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return '250-loopback\r\n250-AUTH PLAIN\r\n250 8BITMIME'
      case 'AUTH PLAIN':
        return '235 2.7.0 Welcome'
      case 'MAIL FROM':
        mail = { from: address, to: [], data: '' }
        return '250 2.1.0 Ok'
      case 'RCPT TO':
        mail.to.push(address)
        return '250 2.1.5 Ok'
      case 'DATA':
        inData = true
        return '354 Go on'
      case 'QUIT':
        return '221 2.0.0 Bye'
      default:
        return verb ? '250 2.0.0 Ok' : '500 5.5.2 What?'
    }
  }
  const onLine = (line: string) => {
    if (inData && line !== '.') {
      mail.data += `${line.replace(/^\./, '')}\n`
      return
    }
    if (inData) {
      inData = false
      const own = smtp.answer('.')
      if (!own) smtp.received.push(mail)
      return say(own ?? '250 2.0.0 Queued')
    }
    say(smtp.answer(line) ?? usual(line))
  }

  say('220 loopback ESMTP')
  socket.on('data', chunk => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
