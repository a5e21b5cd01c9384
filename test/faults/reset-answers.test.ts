// Answers whose connection is reset behind their first bytes, by a client in another process than the server: Node then says 'finish' of an answer that
// nobody has read. It goes back in revision 1, and ends the session in Engine.IO.
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import type { Test } from 'tap'
import { CERTIFICATE, KEY } from '../kit/machine/certificate.js'
import { startProcess } from '../kit/servers/process.js'
import type { Spoken, Told } from './long-answer-process.js'

const TIMES = 10

interface Server {
  readonly port: number
  /** How the next session ends. */
  ended (): Promise<string>
}

async function start (t: Test, spoken: Spoken): Promise<Server> {
  const server = startProcess(t, new URL('long-answer-process.ts', import.meta.url), [spoken, KEY, CERTIFICATE])
  const { port } = await server.told<{ port: number }>()
  return {
    port,
    async ended () {
      const { ended } = await server.told<Extract<Told, { ended: string }>>()
      return ended
    }
  }
}

/** A client's way of asking. */
interface Line {
  /** The whole body of an answer. */
  ask (path: string, body?: string): Promise<string>
  /** Reads the first bytes of an answer, and resets what carries it. */
  cut (path: string): Promise<void>
}

/** One connection for each request. */
const http1 = (connect: () => Socket): Line => {
  const write = (path: string, body?: string): Socket => {
    const connection = connect().on('error', () => {})
    const length = body === undefined ? '' : `Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
    connection.write(`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nReferer: http://127.0.0.1/\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n${length}\r\n${body ?? ''}`)
    return connection
  }
  return {
    async ask (path, body) {
      const chunks: Buffer[] = []
      for await (const chunk of write(path, body)) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      return text.slice(text.indexOf('\r\n\r\n') + 4)
    },
    async cut (path) {
      const connection = write(path)
      await once(connection, 'data')
      connection.pause()
      connection.resetAndDestroy()
    }
  }
}

const http2 = (port: number): Line => ({
  async ask (path, body) {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    const stream = session.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST', 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' }, { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += String(chunk)
    session.destroy()
    return text
  },
  async cut (path) {
    const tcp = connectTcp(port, '127.0.0.1').on('error', () => {})
    const session = connectHttp2(`http://127.0.0.1:${port}`, { createConnection: () => tcp }).on('error', () => {})
    const stream = session.request({ ':path': path, 'sec-fetch-site': 'same-origin' }).on('error', () => {})
    await once(stream, 'data')
    tcp.resetAndDestroy()
    await once(tcp, 'close')
  }
})

const LINES: Record<Spoken, (port: number) => Line> = {
  http: (port) => http1(() => connectTcp(port, '127.0.0.1')),
  https: (port) => {
    let tcp: Socket
    return http1(() => {
      tcp = connectTcp(port, '127.0.0.1').on('error', () => {})
      const tls = connectTls({ socket: tcp, rejectUnauthorized: false })
      tls.resetAndDestroy = () => {
        tcp.resetAndDestroy()
        return tls.destroy()
      }
      return tls
    })
  },
  http2
}

const sidOf = (handshake: string): string => /"sid":"([^"]+)"/.exec(handshake)?.[1] ?? handshake.split(':', 1)[0] ?? ''

for (const spoken of ['http', 'https', 'http2'] as const) {
  t.test(`over ${spoken}`, async (t) => {
    const server = await start(t, spoken)
    const { ask, cut } = LINES[spoken](server.port)

    for (const transport of ['xhr-polling', 'jsonp-polling']) {
      await t.test(`revision 1, ${transport}: an answer whose connection is reset comes again with the next poll`, async (t) => {
        for (let i = 0; i < TIMES; i++) {
          const url = `/socket.io/1/${transport}/${sidOf(await ask('/socket.io/1/'))}`
          await ask(url) // 1::
          await ask(url, transport === 'xhr-polling' ? '3:::long' : 'd="3:::long"')
          await cut(url)
          const again = await ask(url)
          t.ok(again.includes('3:::xxx') && again.length > 13_000_000, `${again.length} characters`)
        }
      })
    }

    for (const eio of [3, 4]) {
      await t.test(`engine ${eio}: an answer whose connection is reset ends the session`, async (t) => {
        for (let i = 0; i < TIMES; i++) {
          const base = `/socket.io/?EIO=${eio}&transport=polling`
          const url = `${base}&sid=${sidOf(await ask(base))}`
          const packet = '42["message","long"]'
          if (eio === 4) {
            await ask(url, '40')
            await ask(url)
          }
          await ask(url, eio === 4 ? packet : `${packet.length}:${packet}`)
          const ended = server.ended()
          await cut(url)
          t.equal(await ended, 'connection broken')
        }
      })
    }
  })
}
