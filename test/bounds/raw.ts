// Connections down to their bytes: requests that stop in the middle, and everything that is answered.
import { connect } from 'node:net'
import type { Socket as TcpSocket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { until } from '../kit/waiting.js'
import type { Teardown } from '../kit/teardown.js'

/** A connection that is read to its end. */
export interface Raw {
  readonly tcp: TcpSocket
  /** All that has come, byte for byte. */
  readonly text: string
  /** The connection is over, whoever ended it. @throws when it goes on and on. */
  closed (): Promise<void>
  write (...lines: string[]): void
  /** All that has come, once it holds so many answers or is over. */
  answers (count: number): Promise<string>
}

export function dial (t: Teardown, port: number): Raw {
  const tcp = connect(port, '127.0.0.1')
  t.teardown(() => tcp.destroy())
  let text = ''
  let over = false
  tcp.setEncoding('latin1').on('data', (chunk: string) => { text += chunk })
  tcp.on('error', () => {})
  tcp.once('close', () => { over = true })
  return {
    tcp,
    get text () { return text },
    closed: () => until(() => over),
    write: (...lines) => { tcp.write(lines.join('\r\n')) },
    async answers (count) {
      await until(() => over || text.split('HTTP/1.1 ').length > count)
      return text
    }
  }
}

/** A response as one object: what of it does not depend on the moment. */
export function parse (text: string): { status: number, headers: Record<string, string>, body: string } {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
    return [name.toLowerCase(), value]
  }))
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4) }
}

/** Counts the requests whose head the server has read, with what came in the same turn of the event loop, from now on. */
export function requests ({ server }: FastifyInstance): () => number {
  let count = 0
  server.on('request', () => setImmediate(() => count++))
  return () => count
}
