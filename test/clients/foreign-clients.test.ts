// Requests as clients write them that npm does not have: other spellings of queries, header names, origins, content types and HTTP versions. Each is made here, with
// default options, and on socket.io's own server, as bytes.
import t from 'tap'
import { readOpen, DIALECTS } from '../kit/engine-io/payload.js'
import { askWhole } from '../kit/engine-io/http-endpoint.js'
import { chunk, LAST_CHUNK } from '../kit/raw/http.js'
import { dial } from '../kit/raw/connection.js'
import { OWN, PLACES, start } from '../kit/servers/side-by-side.js'

/** Lines of a handshake below its request line; HOST is the server's own. */
const HEADS: Record<string, readonly string[]> = {
  'no header but Host': ['Host: HOST'],
  'header names in lower case': ['host: HOST', 'accept: */*', 'user-agent: python/3.11 aiohttp/3.9', 'accept-encoding: gzip, deflate'],
  'header names in upper case': ['HOST: HOST', 'ACCEPT: */*', 'CONNECTION: KEEP-ALIVE'],
  'Connection: close': ['Host: HOST', 'Connection: close'],
  'an own Origin': ['Host: HOST', 'Origin: http://HOST'],
  'an own Origin without a scheme': ['Host: HOST', 'Origin: HOST'],
  'an own Origin as a URL': ['Host: HOST', 'Origin: http://HOST/'],
  'an asterisk as Origin': ['Host: HOST', 'Origin: *'],
  'Host without its port': ['Host: 127.0.0.1'],
  'a type without a body': ['Host: HOST', 'Content-Type: application/json', 'Accept: */*'],
  'Content-Length: 0': ['Host: HOST', 'Content-Length: 0', 'Content-Type: text/plain;charset=UTF-8'],
  'Expect: 100-continue': ['Host: HOST', 'Expect: 100-continue', 'Content-Length: 0']
}
const UPGRADE = ['Host: HOST', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
const UPGRADES: Record<string, readonly string[]> = {
  plain: [...UPGRADE, 'Connection: Upgrade', 'Upgrade: websocket'],
  'several values of Connection': [...UPGRADE, 'Connection: keep-alive, Upgrade', 'Upgrade: websocket'],
  'values in other cases': [...UPGRADE, 'connection: upgrade', 'upgrade: WebSocket'],
  'offers of extensions': [...UPGRADE, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame'],
  'a port of its own in Origin': [...UPGRADE, 'Connection: Upgrade', 'Upgrade: websocket', 'Origin: http://HOST'],
  'an offer of protocols': [...UPGRADE, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Protocol: chat, superchat'],
  'the URL of the WebSocket as Origin': [...UPGRADE, 'Connection: Upgrade', 'Upgrade: websocket', 'Origin: ws://HOST'],
  'an asterisk as Origin': [...UPGRADE, 'Connection: Upgrade', 'Upgrade: websocket', 'Origin: *'],
  'a type and a length': [...UPGRADE, 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Type: text/plain', 'Content-Length: 0']
}
const BODIES: Record<string, (length: number) => readonly string[]> = {
  'no type': (length) => [`Content-Length: ${length}`],
  'text/plain;charset=UTF-8': (length) => ['Content-Type: text/plain;charset=UTF-8', `Content-Length: ${length}`],
  'application/x-www-form-urlencoded': (length) => ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${length}`],
  'application/json': (length) => ['Content-Type: application/json', `Content-Length: ${length}`]
}

for (const where of PLACES) {
  for (const { eio, packets, body, silent } of DIALECTS) {
    t.test(`${where}, EIO ${eio}`, async (t) => {
      const { port } = await start(t, where, { allowEIO3: true })
      const own = `127.0.0.1:${port}`
      const path = `/socket.io/?EIO=${eio}&transport=`
      const answerTo = async (first: string, lines: readonly string[], ...parts: (string | Buffer)[]) => {
        const raw = dial(t, port)
        await raw.write([first, ...lines.map((line) => line.replaceAll('HOST: HOST', `HOST: ${own}`).replaceAll(/(?<=[ /])HOST/g, own)), '', ''].join('\r\n'))
        for (const part of parts) await raw.write(part)
        const answer = await raw.answer()
        raw.socket.destroy()
        return answer
      }
      for (const [name, lines] of Object.entries(HEADS)) {
        const { status, head } = await answerTo(`GET ${path}polling&t=1 HTTP/1.1`, lines)
        t.ok(status === 200 || (status === 100 && name.startsWith('Expect')), `${name}: ${head}`)
      }
      t.equal((await answerTo(`GET ${path}polling HTTP/1.0`, [])).status, 200, 'HTTP/1.0')
      for (const [name, lines] of Object.entries(UPGRADES)) t.equal((await answerTo(`GET ${path}websocket HTTP/1.1`, lines)).status, 101, name)
      const { sid } = readOpen(packets((await askWhole(`http://${own}${path}polling`)).bytes)[0])
      const packet = eio === 3 ? '' : '40'
      const payload = String(body(packet === '' ? silent : packet))
      for (const [name, lines] of Object.entries(BODIES)) {
        const text = name === 'no type' ? payload : String(body(silent))
        t.equal((await answerTo(`POST ${path}polling&sid=${sid} HTTP/1.1`, ['Host: HOST', ...lines(text.length)], text)).body, 'ok', name)
      }
      const malformed = await answerTo(`POST ${path}polling&sid=${sid} HTTP/1.1`, ['Host: HOST', 'Content-Type: text', `Content-Length: ${String(body(silent)).length}`], String(body(silent)))
      t.equal(malformed.status, where === OWN ? 200 : 415, 'a type that is none is refused by Fastify (docs/engine-io.md, Refusals)')
      const chunked = ['Host: HOST', 'Content-Type: text/plain', 'Transfer-Encoding: chunked']
      t.equal((await answerTo(`POST ${path}polling&sid=${sid} HTTP/1.1`, chunked, chunk(String(body(silent))), LAST_CHUNK)).body, 'ok', 'chunks')
    })
  }
}
