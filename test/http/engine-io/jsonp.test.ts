// Polling by script: answers are calls of ___eio[j], what goes up comes from a form.
import { runInNewContext } from 'node:vm'
import t from 'tap'
import type { Test } from 'tap'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { pluginApp } from '../../kit/servers/app.js'
import type { Teardown } from '../../kit/teardown.js'
import { refusedBy, urlOf } from '../../kit/engine-io/inject.js'
import { byScript } from '../../kit/script.js'
import { DIALECTS, readOpen } from '../../kit/engine-io/payload.js'
import type { Dialect } from '../../kit/engine-io/payload.js'

const SCRIPT = 'text/javascript; charset=UTF-8'

/** Runs the script as a page does; what `___eio[index]` is called with. */
function run (script: string, index: string): string[] {
  const calls: string[] = []
  runInNewContext(script, { ___eio: { [index]: (payload: string) => calls.push(payload) } })
  return calls
}

/**
 * The body that engine.io-client 3.5 posts: a form turns newlines into CRLF, so that it writes them as `\n`, after doubling what looks
 * like it. (A backslash before a newline is lost in that; nobody can tell.)
 */
const form = (payload: string): string => new URLSearchParams({ d: payload.replace(/\\n/g, '\\\\n').replace(/\n/g, '\\n') }).toString()

async function connect (t: Teardown, { eio, packets }: Dialect) {
  const app = await pluginApp(t, { cors: { origin: true } })
  app.socketio.on('connection', (socket) => socket.on('data', (data) => { socket.write(data) }))
  const handshake = await app.inject(urlOf(eio, 'polling', '&j=3'))
  const [payload = ''] = run(handshake.body, '3')
  const { sid } = readOpen(packets(Buffer.from(payload))[0])
  const url = (j: number | string): string => urlOf(eio, 'polling', `&j=${j}&sid=${sid}`)
  return {
    app,
    handshake,
    url,
    poll: (j: number): Promise<LightMyRequestResponse> => app.inject(url(j)),
    post: (payload: string | Buffer, type = 'application/x-www-form-urlencoded', j = 3): Promise<LightMyRequestResponse> =>
      app.inject({ method: 'POST', url: url(j), payload, headers: { 'content-type': type } })
  }
}

/** Headers that a browser needs to run the answer, and nothing that it does not. */
function isScript (t: Test, { statusCode, headers }: LightMyRequestResponse): void {
  t.equal(statusCode, 200)
  t.equal(headers['content-type'], SCRIPT)
  t.equal(headers['x-content-type-options'], 'nosniff')
  t.equal(headers['x-xss-protection'], '0')
  t.equal(headers['cache-control'], 'no-store')
  t.equal(headers['access-control-allow-origin'], undefined, 'scripts need no leave')
}

for (const dialect of DIALECTS) {
  const { eio, body } = dialect

  t.test(`answers of ${eio} are scripts that call back with the payload`, async (t) => {
    const { handshake, post, poll } = await connect(t, dialect)
    isScript(t, handshake)
    t.match(handshake.body, /^___eio\[3\]\(".*"\);$/)
    await post(form(body('4hello')))
    const answer = await poll(12)
    isScript(t, answer)
    t.equal(answer.body, `___eio[12]("${body('4hello')}");`)
  })

  t.test(`what would end a script or its string is quoted in ${eio}`, async (t) => {
    const { post, poll } = await connect(t, dialect)
    for (const text of ['"); alert(1); ("', '\\', '\u2028\u2029', '</script><!--', '\n\r\t\0', '\\n', '\\\\n', 'a\nb\\nc', '\x1f', "'"]) {
      t.equal((await post(form(body(`4${text}`)))).body, 'ok')
      const answer = await poll(4)
      t.notMatch(answer.body, /[\u2028\u2029\n\r\0]/)
      t.strictSame(run(answer.body, '4'), [body(`4${text}`)])
    }
  })

  t.test(`text beyond ASCII comes back in ${eio}`, async (t) => {
    const { post, poll } = await connect(t, dialect)
    await post(form(body('4é😀漢')))
    t.strictSame(run((await poll(4)).body, '4'), [body('4é😀漢')])
  })

  t.test(`bytes come and go as base64 in ${eio}`, async (t) => {
    const { app, post, poll } = await connect(t, dialect)
    const base64 = body(eio === 3 ? 'b4+/8=' : 'b+/8=')
    const got: unknown[] = []
    for (const socket of app.socketio.sessions.values()) socket.on('data', (data) => got.push(data))
    await post(form(base64))
    t.strictSame(got, [Buffer.of(0xfb, 0xff)])
    t.strictSame(run((await poll(0)).body, '0'), [base64])
  })

  t.test(`an index that is not digits is refused in ${eio}, as JSON and never as a script`, async (t) => {
    const { app, url } = await connect(t, dialect)
    const sessions = app.socketio.sessions.size
    for (const j of ['', '-1', '1.5', 'x', '0]);alert(1);(', '%30x', '1%0A', '1%E2%80%A8', '٣']) {
      for (const path of [urlOf(eio, 'polling', `&j=${encodeURI(j).replace('%25', '%')}`), url(encodeURI(j).replace(/%25/g, '%'))]) {
        t.match(await refusedBy(app, path), { status: 400, code: 3, message: 'Bad request' }, path)
      }
    }
    t.equal(app.socketio.sessions.size, sessions)
  })

  t.test(`refusals of ${eio} stay JSON with their status where a script was asked for`, async (t) => {
    const app = await pluginApp(t, { authorize: () => false })
    t.strictSame(await refusedBy(app, byScript(urlOf(eio, 'polling', '&j=0'))), { status: 403, code: 4, message: 'Forbidden' })
    t.strictSame(await refusedBy(app, byScript(urlOf(eio, 'polling', '&j=0&sid=unknown'))), { status: 400, code: 1, message: 'Session ID unknown' })
    t.match(await refusedBy(app, { method: 'POST', url: urlOf(eio, 'polling', '&j=0&sid=unknown'), payload: form('4') }), { code: 1 })
  })

  t.test(`a form without the field d is no payload of ${eio}, and ends its session`, async (t) => {
    for (const payload of ['', 'd=', 'x=4', body('4'), 'd=x']) {
      const { app, post } = await connect(t, dialect)
      t.equal((await post(payload)).statusCode, 400, payload)
      t.equal(app.socketio.sessions.size, 0)
    }
  })

  t.test(`the answer to a POST of ${eio} is no script`, async (t) => {
    const { post, app } = await connect(t, dialect)
    const answer = await post(form(body('4x')))
    t.equal(answer.body, 'ok')
    t.match(answer.headers['content-type'], /^text\/html/)
    t.equal(app.socketio.sessions.size, 1)
  })
}

t.test('newlines and backslashes of the form, byte by byte', async (t) => {
  const app: FastifyInstance = await pluginApp(t)
  const got: unknown[] = []
  app.socketio.on('connection', (socket) => socket.on('data', (data) => got.push(data)))
  const { sid } = readOpen(run((await app.inject(byScript(urlOf(4, 'polling', '&j=0')))).body, '0')[0])
  for (const [written, meant] of [['a\\nb', 'a\nb'], ['a\\\\nb', 'a\\nb'], ['a\\\\\\nb', 'a\\\\nb'], ['a\\tb', 'a\\tb'], ['a\\\\b', 'a\\\\b'], ['\\n\\n', '\n\n'], ['\\\\n\\n', '\\n\n']] as const) {
    await app.inject({ method: 'POST', url: urlOf(4, 'polling', `&j=0&sid=${sid}`), payload: `d=4${encodeURIComponent(written)}` })
    t.equal(got.pop(), meant, written)
  }
})
