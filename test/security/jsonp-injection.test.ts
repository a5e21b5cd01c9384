// CVE-2014-4671 (Rosetta Flash: a callback of letters and digits that is a Flash movie) and every other text in the place of a callback's index,
// which socket.io 0.8 and 0.9.0 wrote into the script as it stood. Nothing of a request is written into an answer but digits.
import t from 'tap'
import type { Test } from 'tap'
import { BAD_REQUEST } from './refusal-texts.js'
import { head } from '../kit/raw/http.js'
import { engine, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import type { Target } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'
import { handshakeAt } from '../kit/revision-1/client.js'

/** Holds this where it is written into an answer as it is. */
const MARK = 'zqx'
/** Decoded values; a list is the parameter several times. */
const VALUES: (string | string[])[] = [
  `CWSMIKI0hCD0Up0IZUnnnnnnnnnnnnnnnnnnnUU5nnnnnn3SUUU${MARK}`, `0];alert('${MARK}');io.j[0`, `0](${MARK}),___eio[0`, `</script><script>${MARK}</script>`, `<!--${MARK}`, `0\u2028${MARK}`,
  `0\u2029${MARK}`, `0\n${MARK}`, `0\r\nX-Header: ${MARK}\r\n\r\n`, `0\0${MARK}`, `"${MARK}`, `0/*${MARK}*/`, `\ufeff0${MARK}`, `${MARK}\ufffd`, `0${MARK}`, `${MARK}0`,
  '__proto__', 'constructor', '0x1', '1e3', '1.5', '-1', '+1', '1_000', ' 1', '1 ', '\u0661', '\uff11', 'NaN', 'Infinity', '', [`${MARK}`, `${MARK}`], ['0', `];${MARK}`], [`];${MARK}`, '0']
]

const toQuery = (name: string, value: string | string[]): string => [value].flat().map((one) => `${name}=${encodeURIComponent(one)}`).join('&')
/** In the answer to whatever value: digits where an index is, and nothing else of the request. */
const LINE = String.raw`[\w-]{20}:60:60:[a-z,-]+`

interface SessionSlot { path: string, name: string, method?: string, answers: RegExp, types: RegExp }
const SCRIPT = /^content-type: (?:text|application)\/javascript(?:; charset=utf-8)?\r$/im
const TEXT = /^content-type: text\/plain(?:; charset=utf-8)?\r$/im
const JSON_TYPE = /^content-type: application\/json(?:; charset=utf-8)?\r$/im
const either = (...types: RegExp[]): RegExp => new RegExp(types.map(({ source }) => source).join('|'), 'im')

/** Every place that reads an index, and what may come back from there: with a value that is no index, and with one that is. */
function places (sid: string): SessionSlot[] {
  const old: SessionSlot[] = [
    { path: '/socket.io/1/', name: 'jsonp', answers: new RegExp(`^(?:${LINE}|io\\.j\\[\\d+\\]\\("${LINE}"\\);)$`), types: either(TEXT, SCRIPT) },
    { path: '/socket.io/1/?as=nobody', name: 'jsonp', answers: /^(?:handshake unauthorized|io\.j\[\d+\]\(new Error\("handshake unauthorized"\)\);)$/, types: either(TEXT, SCRIPT) },
    { path: '/socket.io/2/', name: 'jsonp', answers: /^(?:Protocol version not supported\.|io\.j\[\d+\]\(new Error\("Protocol version not supported\."\)\);)$/, types: either(TEXT, SCRIPT) },
    { path: `/socket.io/1/jsonp-polling/${sid}`, name: 'i', answers: /^io\.j\[\d+\]\("(?:1::|8::)"\);$/, types: SCRIPT },
    { path: '/socket.io/1/jsonp-polling/unknown', name: 'i', answers: /^io\.j\[\d+\]\("7:::1\+0"\);$/, types: SCRIPT },
    { path: `/socket.io/2/jsonp-polling/${sid}`, name: 'i', answers: /^Protocol version not supported\.$/, types: TEXT },
    { path: `/socket.io/1/jsonp-polling/${sid}`, name: 'i', method: 'POST', answers: /^1$/, types: TEXT },
    { path: '/socket.io/1/xhr-polling/unknown', name: 'i', answers: /^7:::1\+0$/, types: TEXT },
    { path: '/socket.io/', name: 'jsonp', answers: /^Welcome to socket\.io\.$/, types: TEXT }
  ]
  const engines = VERSIONS.flatMap((eio): SessionSlot[] => ['', '&sid=unknown'].map((session) =>
    ({ path: `/socket.io/?EIO=${eio}&transport=polling${session}`, name: 'j', answers: /^(?:___eio\[\d+\]\("(?:\d+:)?0\{\\"sid\\":.+\}"\);|\{"code":[13],"message":"[\w ]+"\})$/, types: either(SCRIPT, JSON_TYPE) })))
  return [...old, ...engines]
}

async function ask (port: number, { path, name, method = 'GET' }: SessionSlot, value: string | string[]) {
  const raw = new RawConnection(port)
  await raw.write(head(method, `${path}${path.includes('?') ? '&' : '?'}${toQuery(name, value)}`, 'Content-Length: 0'))
  const answer = await raw.answer()
  raw.socket.end()
  return answer
}

async function holdsNothing (t: Test, target: Target, place: SessionSlot): Promise<void> {
  for (const value of VALUES) {
    const { head, body } = await ask(target.port, place, value)
    t.match(body, place.answers, toQuery(place.name, value))
    t.match(head, place.types)
    t.match(head, /^x-content-type-options: nosniff\r$/im, 'no browser takes it for anything else')
    t.notMatch(head + body, MARK)
    t.notMatch(body, /^(?:[CFZ]WS|<|%PDF|\/\*)/, 'it begins like no movie, page or comment')
  }
}

t.test('an index that is none is not written into an answer', async (t) => {
  const target = await startTarget(t, 'server', { pollingDuration: 10 })
  for (const place of places(await handshakeAt(target.port))) {
    await t.test(`${place.method ?? 'GET'} ${place.path}`, (t) => withstands(t, target, { held: 4, peak: 32 }, () => holdsNothing(t, target, place)))
  }
})

t.test('a poll of Engine.IO with an index that is none is refused, and its session lives', async (t) => {
  const target = await startTarget(t, 'packets')
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    for (const eio of VERSIONS) {
      const { sid } = await engine(t, target.port, eio, 'jsonp')
      for (const method of ['GET', 'POST']) {
        for (const value of VALUES.filter((one) => [one].flat().at(-1) !== '0')) { // the last one counts, and 0 is an index
          const place = { path: `/socket.io/?EIO=${eio}&transport=polling&sid=${sid}`, name: 'j', method, answers: /./, types: /./ }
          const { status, body } = await ask(target.port, place, value)
          t.strictSame([status, body], [400, BAD_REQUEST], toQuery('j', value))
        }
      }
    }
  })
})
