// No id, seen in 0.9.19: the payload `\ufffd-4\ufffdx` made its decoder step back as far as it went forward, for ever, and keep a packet
// each time; a JSONP POST of `d=123`, JSON that is no string, ended the process. All of it is answered with 1, and says nothing.
import t from 'tap'
import type { Test } from 'tap'
import { revision1Poster } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import { echoes, POSTING, revision1 } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import { post } from '../kit/raw/http.js'

/** Payloads whose framing is broken. What stands before the break may be heard. */
const PAYLOADS: Record<string, string> = {
  'a negative length': '\ufffd-4\ufffdx',
  'a negative length behind a packet': '\ufffd3\ufffd8::\ufffd-8\ufffdx',
  'a length of nothing, again and again': '\ufffd0\ufffd'.repeat(9000),
  'no length': '\ufffd\ufffdx',
  'no length, again and again': '\ufffd'.repeat(100_000),
  'a length that does not end': '\ufffd5',
  'digits alone': `\ufffd${'9'.repeat(900_000)}`,
  'more than a number holds': `\ufffd${'9'.repeat(400)}\ufffdx`,
  'more than there is': '\ufffd99999999\ufffd8::',
  'an exponent': '\ufffd1e9\ufffdx',
  'a fraction': '\ufffd0.5\ufffdx',
  'hexadecimal digits': '\ufffd0x1\ufffdx',
  'a number in words': '\ufffdInfinity\ufffdx',
  'no number': '\ufffdNaN\ufffdx',
  'digits of another script': '\ufffd\u0661\ufffdx',
  'a space': '\ufffd 1\ufffdx',
  'something between packets': '\ufffd3\ufffd8::x\ufffd3\ufffd8::',
  'half of a surrogate pair': '\ufffd1\ufffd😀'
}

/** Form bodies whose field is no payload. */
const FORMS = [
  'd=123', 'd=-1', 'd=1e999', 'd=null', 'd=true', 'd={}', 'd=[]', 'd=["3:::x"]', 'd={"length":4}', 'd={"toString":1}', 'd=""', 'd="', 'd=%22%ED%A0%80%22',
  'd="\\ud800"', 'd=%', 'd=%zz', 'd=', 'd', '', 'x=1', '__proto__=1', '__proto__[d]=1', 'd=1&d=2', 'd[]=1', `d=${'%'.repeat(900_000)}`, `d=${'['.repeat(900_000)}`,
  `d=${encodeURIComponent(JSON.stringify('\ufffd-4\ufffdx'))}`, `d=${encodeURIComponent('\ufffd-4\ufffdx')}`
]

/** Payloads in the body of each transport, and as messages of WebSockets. */
async function attackFraming (t: Test, port: number): Promise<void> {
  for (const name of POSTING) {
    const poster = await revision1Poster(t, port, name)
    const raw = new RawConnection(port)
    for (const [what, payload] of Object.entries(PAYLOADS)) {
      const { status, body } = await post(raw, poster, poster.body(payload))
      t.strictSame([status, body], poster.taken, `${name}: ${what}`)
    }
    const { status, body } = await post(raw, poster, poster.body('\ufffd0\ufffd'.repeat(20_000)))
    t.strictSame([status, body], [413, 'too many packets'], `${name}: more packets than maxPackets, of nothing`)
    raw.reset()
    await t.resolves(poster.lives(), `${name}: what comes next is heard first`)
  }
  for (const name of ['websocket', 'flashsocket'] as const) {
    const client = await revision1(t, port, name)
    await client.send(...Object.values(PAYLOADS))
    await t.resolves(echoes(client, 'still here'), `${name}: a message is one packet, and these are none`)
  }
}

async function attackForms (t: Test, port: number): Promise<void> {
  const poster = await revision1Poster(t, port, 'jsonp-polling')
  const raw = new RawConnection(port)
  for (const form of FORMS) {
    const { status, body } = await post(raw, poster, form)
    t.strictSame([status, body], poster.taken, form.slice(0, 40))
  }
  raw.reset()
  await t.resolves(poster.lives())
}

for (const face of FACES) {
  t.test(face, async (t) => {
    const target = await startTarget(t, face)
    await t.test('payloads whose framing is broken say nothing, and their session lives', (t) =>
      withstands(t, target, { held: 6, peak: 96 }, () => attackFraming(t, target.port)))
    await t.test('nor do forms whose field is no payload', (t) =>
      withstands(t, target, { held: 6, peak: 96 }, () => attackForms(t, target.port)))
  })
}
