// Messages that end the script, the element or the part that they are sent in: `</script>`, U+2028 and U+2029 (ends of lines in the scripts of
// the time, which socket.io 0.9.19 wrote as they are), comments of HTML, boundaries. What a page gets is a call with the message as it was.
import { runInNewContext } from 'node:vm'
import t from 'tap'
import type { Test } from 'tap'
import { boundaryOf } from '../kit/revision-1/payload.js'
import type { EngineClient } from '../kit/engine-io/client.js'
import { pathOf } from './posters.js'
import { head } from '../kit/raw/http.js'
import { engine, revision1, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'
import { Revision1Client } from '../kit/revision-1/client.js'

const EVIL = 'pwned()'
const MESSAGES = [
  `</script><script>${EVIL}</script>`, `</SCRIPT ><img src=x onerror=${EVIL}>`, `<!--<script>${EVIL}`, `--><!-->${EVIL}`, `]]>${EVIL}`, `");${EVIL};("`, `');${EVIL};('`,
  `\\");${EVIL};("`, `\\\\");${EVIL}//`, `\u2028${EVIL}\u2028`, `\u2029${EVIL}\u2029`, `\n${EVIL}\n`, `\r\n\r\n${EVIL}`, `\0${EVIL}`, `\u0085${EVIL}`, '$' + `{${EVIL}}`,
  `\ufffd3\ufffd3::${EVIL}`, `\n--socketio-\nContent-Type: text/html\n\n<script>${EVIL}</script>\n--socketio-`, `\x1e4${EVIL}`, '__proto__', 'constructor'
]

interface Heard { calls: string[], pwned: number }

/** Runs a script as a page does that has the client in it. */
function run (script: string): Heard {
  const heard: Heard = { calls: [], pwned: 0 }
  const call = (payload: string): void => { heard.calls.push(payload) }
  const page = { parent: { s: { _: call } }, document: {}, io: { j: { 0: call } }, ___eio: { 7: call }, pwned: () => { heard.pwned++ } }
  runInNewContext(script, page)
  return heard
}

const packetOf = (message: string, client: Revision1Client | EngineClient): string => client instanceof Revision1Client ? `3:::${message}` : `42${JSON.stringify(['message', message])}`

/** The message in a payload of one packet; a slash has a backslash before it where a client takes it out. */
function messageIn (payload: string): unknown {
  if (payload.startsWith('3:::')) return payload.slice(4)
  const [, json = 'null'] = /^(?:\d+:)?42(.+)$/s.exec(payload) ?? []
  return (JSON.parse(json) as unknown[])[1]
}

/** The answer to a poll, which is a script. */
async function poll (port: number, client: Revision1Client | EngineClient): Promise<string> {
  const raw = new RawConnection(port)
  await raw.write(head('GET', pathOf(client instanceof Revision1Client ? `${client.url}?i=0` : client.url('polling'))))
  const { body } = await raw.answer()
  raw.socket.end()
  return body
}

for (const face of FACES) {
  t.test(`${face}: no message ends the script that it is sent in`, async (t) => {
    const target = await startTarget(t, face)
    const clients = [await revision1(t, target.port, 'jsonp-polling'), ...await Promise.all(VERSIONS.map((eio) => engine(t, target.port, eio, 'jsonp')))]
    await withstands(t, target, { held: 4, peak: 32 }, async () => {
      for (const client of clients) {
        for (const message of MESSAGES) {
          await client.send(packetOf(message, client))
          const script = await poll(target.port, client)
          const { calls, pwned } = run(script)
          t.strictSame([calls.map(messageIn), pwned], [[message], 0], encodeURIComponent(message))
          t.match(script, /^[\w.]+\[\d+\]\("[^\n\r\u2028\u2029]*"\);$/, 'one line, for old engines too')
        }
      }
    })
  })
}

/** The scripts of a document, as a parser of HTML finds them: the content ends at the first end tag, and a comment in it would hide that. */
function scriptsOf (t: Test, document: string): string[] {
  const scripts: string[] = []
  for (let at = document.indexOf('<script>'); at >= 0; at = document.indexOf('<script>', at)) {
    const rest = document.slice(at + '<script>'.length)
    const end = rest.search(/<\/script[\s/>]/i)
    scripts.push(rest.slice(0, end))
    at += '<script>'.length + end
  }
  t.ok(scripts.every((script) => !script.includes('<!--')), 'no comment')
  return scripts
}

t.test('no message ends the element or the part that it is sent in', async (t) => {
  const target = await startTarget(t, 'server')
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    for (const name of ['htmlfile', 'xhr-multipart'] as const) {
      const client = await revision1(t, target.port, name)
      for (const message of MESSAGES) await client.send(`3:::${message}`)
      await client.send('3:::the last')
      const text = await whole(client)
      if (name === 'htmlfile') {
        const [first = '', ...scripts] = scriptsOf(t, text)
        const { calls, pwned } = run([first, ...scripts].join('\n'))
        t.strictSame([calls.slice(1).map((payload) => messageIn(payload.replaceAll('\\/', '/'))), pwned], [[...MESSAGES, 'the last'], 0])
      } else {
        const { headers } = await client.held?.opened ?? { headers: {} }
        const parts = text.split(`--${boundaryOf(headers)}\n`).slice(2, -1)
        t.strictSame(parts, [...MESSAGES, 'the last'].map((message) => `Content-Type: text/plain\n\n3:::${message}\n`))
      }
    }
  })
})

/** All that a stream has said by its last message. */
async function whole (client: Revision1Client): Promise<string> {
  while (await client.next() !== '3:::the last');
  return client.held?.text ?? ''
}
