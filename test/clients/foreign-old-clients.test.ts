// Requests of revision 1 as clients in other languages write them (PHP, Python, Java, Objective-C, C#, C++, Go): other spellings of paths, header names, origins, content
// types, keys and HTTP versions. Each is made here, with default options, and on socket.io 0.9.19, as bytes.
import t from 'tap'
import type { Test } from 'tap'
import { dial } from '../kit/raw/connection.js'
import type { RawConnection } from '../kit/raw/connection.js'
import { maskedFrame, OPCODE } from '../kit/raw/frames.js'
import { oldServer } from '../kit/servers/old-server.js'
import { portOf, serverApp } from '../kit/servers/app.js'

const PLACES: Record<string, (t: Test) => Promise<number>> = {
  async here (t) {
    const app = await serverApp(t)
    app.io.on('connection', (socket) => socket.on('message', (text) => socket.send(`got ${text}`)))
    return await portOf(app)
  },
  'on socket.io 0.9.19': oldServer
}

/** Lines below a request line; HOST is the server's own. */
const HEADS: Record<string, readonly string[]> = {
  'no header but Host': ['Host: HOST'],
  'header names in lower case': ['host: HOST', 'accept: */*', 'accept-encoding: identity', 'user-agent: Python-urllib/2.7'],
  'header names in upper case': ['HOST: HOST', 'ACCEPT: TEXT/PLAIN', 'CONNECTION: CLOSE'],
  'Host without its port': ['Host: 127.0.0.1', 'Accept: */*'],
  'the own Origin': ['Host: HOST', 'Origin: http://HOST'],
  'the own Origin as a URL': ['Host: HOST', 'Origin: http://HOST/'],
  'the own Origin as the URL of a WebSocket': ['Host: HOST', 'Origin: ws://HOST'],
  'an Origin without a scheme': ['Host: HOST', 'Origin: HOST'],
  'an asterisk as Origin': ['Host: HOST', 'Origin: *'],
  'a type without a body': ['Host: HOST', 'Content-Type: application/json', 'Accept: application/json']
}
const HANDSHAKES: Record<string, string> = {
  'a slash at the end': 'GET /socket.io/1/ HTTP/1.1',
  'no slash at the end': 'GET /socket.io/1 HTTP/1.1',
  'a time': 'GET /socket.io/1/?t=1355555555 HTTP/1.1',
  'a query behind no slash': 'GET /socket.io/1?token=a%20b&token=c HTTP/1.1',
  'HTTP/1.0': 'GET /socket.io/1/ HTTP/1.0',
  'a POST': 'POST /socket.io/1/ HTTP/1.1'
}
const UPGRADE = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
const UPGRADES: Record<string, readonly string[]> = {
  plain: [...UPGRADE, 'Upgrade: websocket', 'Connection: Upgrade'],
  'as PHP writes it': ['Upgrade: WebSocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: YWJjZGVmZ2hpamtsbW5vcHFyc3Q=', 'Origin: *'],
  'as Java writes it': [...UPGRADE, 'Upgrade: websocket', 'Connection: keep-alive, Upgrade', 'Origin: http://HOST'],
  'as hybi 8 has it': ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 8', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Origin: http://HOST'],
  'names and values in other cases': ['UPGRADE: WEBSOCKET', 'connection: upgrade', 'sec-websocket-version: 13', 'SEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ=='],
  'an offer of extensions': [...UPGRADE, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Extensions: x-webkit-deflate-frame']
}
const TYPES: Record<string, readonly string[]> = {
  'no type': [],
  'text/plain; charset=UTF-8': ['Content-Type: text/plain; charset=UTF-8'],
  'text/plain in other cases': ['content-type: Text/Plain'],
  'application/x-www-form-urlencoded': ['Content-Type: application/x-www-form-urlencoded'],
  'application/json': ['Content-Type: application/json'],
  'application/octet-stream': ['Content-Type: application/octet-stream']
}

/** Takes a body in chunks, as the old server writes it. */
async function takeChunks (raw: RawConnection): Promise<string> {
  let line = ''
  while (!line.endsWith('\r\n')) line += (await raw.take(1)).toString('latin1')
  const size = parseInt(line, 16)
  const data = (await raw.take(size + 2)).toString().slice(0, -2)
  return size === 0 ? '' : data + await takeChunks(raw)
}

/** Takes the rest of an answer without Content-Length. */
async function takeRest (raw: RawConnection, head: string): Promise<string> {
  if (/\r\ncontent-length:/i.test(head)) return ''
  return /\r\ntransfer-encoding: chunked\r\n/i.test(head) ? await takeChunks(raw) : await raw.rest()
}

for (const [where, start] of Object.entries(PLACES)) {
  t.test(where, async (t) => {
    const port = await start(t)
    const own = `127.0.0.1:${port}`
    const withHost = (line: string): string => line.replaceAll(/(?<=[: /])HOST/g, own)
    const open = async (first: string, lines: readonly string[], body = '') => {
      const raw = dial(t, port)
      await raw.write([first, ...lines.map(withHost), '', body].join('\r\n'))
      return { raw, ...await raw.answer() }
    }
    const ask = async (first: string, lines: readonly string[], body?: string) => {
      const { raw, status, head, body: told } = await open(first, lines, body)
      const rest = await takeRest(raw, head)
      raw.socket.destroy()
      return [status, told + rest]
    }
    const handshake = async (): Promise<string> => {
      const [, line] = await ask('GET /socket.io/1/ HTTP/1.1', ['Host: HOST'])
      return String(line).split(':', 1)[0] ?? ''
    }

    for (const [name, first] of Object.entries(HANDSHAKES)) {
      const length = first.startsWith('POST') ? ['Content-Length: 0'] : []
      const [status, line] = await ask(first, ['Host: HOST', ...length])
      t.equal(status, 200, name)
      t.match(line, /^[\w-]{18,20}:\d*:\d+:websocket,/, name)
    }
    for (const [name, lines] of Object.entries(HEADS)) t.equal((await ask('GET /socket.io/1/ HTTP/1.1', lines))[0], 200, name)

    for (const [name, lines] of Object.entries(UPGRADES)) {
      for (const end of ['', '/', '?t=1', '/?t=1']) {
        const { raw, status } = await open(`GET /socket.io/1/websocket/${await handshake()}${end} HTTP/1.1`, ['Host: HOST', ...lines])
        t.equal(status, 101, `${name}, ${end}`)
        t.equal((await raw.take(5)).subarray(2).toString(), '1::', name)
        await raw.write(maskedFrame(OPCODE.text, '3:::hi'))
        t.equal((await raw.take(12)).subarray(2).toString(), '3:::got hi', name)
        raw.reset()
      }
    }

    for (const [version, more] of [['HTTP/1.1', []], ['HTTP/1.0', []], ['HTTP/1.1', ['Connection: close']]] as const) {
      for (const [name, type] of Object.entries(TYPES)) {
        const url = `/socket.io/1/xhr-polling/${await handshake()}`
        const lines = ['Host: HOST', ...more]
        t.strictSame(await ask(`GET ${url}?t=1 ${version}`, lines), [200, '1::'], name)
        t.strictSame(await ask(`POST ${url}/ ${version}`, [...lines, ...type, 'Content-Length: 6'], '3:::hi'), [200, '1'], name)
        t.strictSame(await ask(`GET ${url} ${version}`, lines), [200, '3:::got hi'], name)
        t.strictSame(await ask(`GET ${url}/?disconnect=1 ${version}`, lines), [200, ''], name)
      }
    }
  })
}
