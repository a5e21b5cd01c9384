// Headers that listeners of the Engine add to answers and upgrades, and the cookie of the session id.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { pluginApp, portOf } from '../../kit/servers/app.js'
import type { Teardown } from '../../kit/teardown.js'
import { connectEngine, urlOf } from '../../kit/engine-io/inject.js'
import { handshake } from '../../kit/revision-1/inject.js'
import { requestUpgrade } from '../../kit/request.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'

/** An app whose listeners mark what they see, and the URLs that they saw. */
async function marked (t: Teardown): Promise<{ app: FastifyInstance, seen: string[] }> {
  const app = await pluginApp(t)
  const seen: string[] = []
  app.socketio.on('initial_headers', (headers: Record<string, string | string[]>, { method }: IncomingMessage) => {
    headers['x-initial'] = ['1', '2']
    seen.push(`initial ${method ?? ''}`)
  })
  app.socketio.on('headers', (headers: Record<string, string | string[]>, { method }: IncomingMessage) => {
    headers['x-every'] = 'yes'
    seen.push(method ?? '')
  })
  return { app, seen }
}

for (const dialect of DIALECTS) {
  const { eio } = dialect
  const name = `engine ${eio}`

  t.test(`listeners add headers to each answer of ${name}, and to the first one others`, async (t) => {
    const { app, seen } = await marked(t)
    const first = await app.inject(urlOf(eio, 'polling'))
    t.match(first.headers, { 'x-initial': ['1', '2'], 'x-every': 'yes' })
    t.strictSame(seen.splice(0), ['initial GET', 'GET'])
    const { socket, url, send } = await connectEngine(app, dialect)
    seen.splice(0)
    socket.write('x')
    for (const answer of [await app.inject(url), await send('4')]) {
      t.equal(answer.headers['x-every'], 'yes')
      t.equal(answer.headers['x-initial'], undefined)
    }
    t.strictSame(seen, ['GET', 'POST'])
  })

  t.test(`listeners add headers to the upgrades of ${name}`, async (t) => {
    const { app, seen } = await marked(t)
    const { status, headers } = await requestUpgrade(app, urlOf(eio, 'websocket'))
    t.strictSame([status, headers['x-initial'], headers['x-every']], [101, '1, 2', 'yes'])
    const { sid } = await connectEngine(app, dialect)
    seen.splice(0)
    const second = await requestUpgrade(app, urlOf(eio, 'websocket', `&sid=${sid}`))
    t.strictSame([second.status, second.headers['x-initial'], second.headers['x-every']], [101, undefined, 'yes'])
    t.strictSame(seen, ['GET'])
  })

  t.test(`a header that would break an answer of ${name} cannot, nor one that is no text`, async (t) => {
    const app = await pluginApp(t)
    app.socketio.on('headers', (headers) => {
      Object.assign(headers, { 'x-bad': 'a\r\nx-smuggled: b', 'x-list': ['a\nx-smuggled: b', 'c'], 'x-number': 5 })
    })
    const upgraded = await requestUpgrade(app, urlOf(eio, 'websocket'))
    const polled = await fetch(`http://127.0.0.1:${await portOf(app)}${urlOf(eio, 'polling')}`)
    t.strictSame([upgraded.status, polled.status], [101, 200])
    for (const headers of [upgraded.headers, Object.fromEntries(polled.headers)]) {
      t.strictSame([headers['x-bad'], headers['x-list'], headers['x-number']], ['ax-smuggled: b', 'ax-smuggled: b, c', '5'])
      t.equal(headers['x-smuggled'], undefined)
    }
  })

  t.test(`a listener that fails, fails the handshake of ${name}, and leaves no session behind`, async (t) => {
    const app = await pluginApp(t)
    app.socketio.once('initial_headers', () => { throw new Error('of a listener') })
    t.equal((await app.inject(urlOf(eio, 'polling'))).statusCode, 500)
    app.socketio.once('headers', () => { throw new Error('of a listener') })
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'))).status, 500)
    t.equal(app.socketio.sessions.size, 0)
    await connectEngine(app, dialect)
  })

  t.test(`several cookies of a listener all go out, with answers and upgrades of ${name}; that of the session id only with answers`, async (t) => {
    const app = await pluginApp(t, { cookie: true })
    app.socketio.on('headers', (headers) => { headers['set-cookie'] = ['a=1; Path=/', 'b=2'] })
    t.match((await app.inject(urlOf(eio, 'polling'))).headers['set-cookie'], ['a=1; Path=/', 'b=2', /^io=/])
    t.strictSame((await requestUpgrade(app, urlOf(eio, 'websocket'))).headers['set-cookie'], ['a=1; Path=/', 'b=2'])
  })

  t.test(`the first answer of ${name} sets a cookie where one is asked for, and no other answer does`, async (t) => {
    for (const [cookie, expected] of [
      [true, 'io=SID; Path=/; HttpOnly; SameSite=Lax'],
      [{}, 'io=SID; Path=/; HttpOnly; SameSite=Lax'],
      [{ name: 'node', httpOnly: false, path: '/x', maxAge: 60, secure: true, sameSite: 'none' }, 'node=SID; Max-Age=60; Path=/x; Secure; SameSite=None'],
      [{ name: undefined, domain: 'x.test' }, 'io=SID; Domain=x.test; Path=/; HttpOnly; SameSite=Lax']
    ] as const) {
      const app = await pluginApp(t, { cookie: cookie as true, generateId: () => 'SID' })
      const first = await app.inject(urlOf(eio, 'polling'))
      t.equal(first.headers['set-cookie'], expected)
      app.socketio.sessions.get('SID')?.write('x')
      t.equal((await app.inject(urlOf(eio, 'polling', '&sid=SID'))).headers['set-cookie'], undefined)
      t.equal((await app.inject({ method: 'POST', url: urlOf(eio, 'polling', '&sid=SID'), payload: dialect.body('4') })).headers['set-cookie'], undefined)
    }
    const app = await pluginApp(t, { cookie: false })
    t.equal((await app.inject(urlOf(eio, 'polling'))).headers['set-cookie'], undefined)
  })

  t.test(`a cookie of a listener goes out beside that of ${name}`, async (t) => {
    const app = await pluginApp(t, { cookie: true, generateId: () => 'SID' })
    app.socketio.on('initial_headers', (headers) => { headers['set-cookie'] = ['own=2'] })
    const { headers } = await app.inject(urlOf(eio, 'polling'))
    t.ok([headers['set-cookie']].flat().includes('io=SID; Path=/; HttpOnly; SameSite=Lax'))
    t.ok([headers['set-cookie']].flat().includes('own=2'))
  })
}

t.test('listeners add headers to the answers and upgrades of revision 1', async (t) => {
  const { app, seen } = await marked(t)
  const first = await app.inject('/socket.io/1/')
  t.match(first.headers, { 'x-initial': ['1', '2'], 'x-every': 'yes' })
  const sid = await handshake(app)
  seen.splice(0)
  const poll = await app.inject(`/socket.io/1/xhr-polling/${sid}`)
  t.strictSame([poll.body, poll.headers['x-every'], poll.headers['x-initial']], ['1::', 'yes', undefined])
  const { status, headers } = await requestUpgrade(app, `/socket.io/1/websocket/${sid}`)
  t.strictSame([status, headers['x-every'], headers['x-initial']], [101, 'yes', undefined])
  t.strictSame(seen.splice(0), ['GET', 'GET'])
  const script = await handshake(app)
  for (const url of [`xhr-polling/${script}`, `jsonp-polling/${script}`, `htmlfile/${script}`]) {
    const posted = await app.inject({ method: 'POST', url: `/socket.io/1/${url}`, payload: url.startsWith('j') ? 'd=2::' : '2::' })
    t.strictSame([posted.body, posted.headers['x-every']], ['1', 'yes'], url)
  }
  const stream = await fetch(`http://127.0.0.1:${await portOf(app)}/socket.io/1/htmlfile/${script}`)
  t.equal(stream.headers.get('x-every'), 'yes')
  await stream.body?.cancel()
  const sessions = app.socketio.sessions.size
  app.socketio.once('initial_headers', () => { throw new Error('of a listener') })
  t.equal((await app.inject('/socket.io/1/')).statusCode, 500)
  t.equal(app.socketio.sessions.size, sessions, 'a listener that fails leaves no session behind')
})
