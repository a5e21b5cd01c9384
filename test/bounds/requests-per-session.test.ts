// How many requests a session may keep open: one, on every transport, so that `maxSessions` bounds them all.
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { pluginApp, portOf } from '../kit/servers/app.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { sidOf } from '../kit/revision-1/inject.js'
import { serve } from '../kit/revision-1/server.js'
import { ALL, Revision1Client } from '../kit/revision-1/client.js'
import { ENGINE_3, ENGINE_4 } from '../kit/engine-io/payload.js'
import { dial } from '../kit/raw/connection.js'
import { until } from '../kit/waiting.js'
import { parse } from '../kit/raw/http.js'

const MANY = 20

/** How many requests have not been answered to their end. */
function unanswered ({ server }: FastifyInstance): () => number {
  let count = 0
  server.on('request', (_request, response) => {
    count++
    response.once('close', () => count--)
  })
  return () => count
}

for (const name of ALL) {
  t.test(`revision 1, ${name}: what is held open is replaced by what comes next, however many come`, async (t) => {
    const server = await serve(t)
    const { client, socket, closed } = await server.connect(name)
    const pending = unanswered(server.app)
    const clients = Array.from({ length: MANY }, () => new Revision1Client(server.port, name, client.sid))
    t.teardown(() => clients.forEach((one) => one.close()))
    const held = clients.map((one) => one.hold())
    let over = 0
    for (const { ended } of held) ended.then(() => over++)
    await until(() => over === MANY - 1)
    t.ok(pending() <= 1, `${pending()} are open`)
    socket.send({ type: 'message', data: 'to the last' })
    const packets = await Promise.all(held.map(async ({ next, ended }) => await Promise.race([next(), ended.then(() => next())])))
    t.equal(packets.filter((packet) => packet === '3:::to the last').length, 1, 'one has it')
    t.equal(closed.count, 0)
  })
}

for (const dialect of [ENGINE_3, ENGINE_4]) {
  t.test(`engine ${dialect.eio}: of two polls at a time the second is refused, and with it the session is over: none is left open`, async (t) => {
    const app = await pluginApp(t)
    const port = await portOf(app)
    const { url, socket } = await connectEngine(app, dialect)
    const pending = unanswered(app)
    const raws = Array.from({ length: MANY }, () => dial(t, port))
    for (const raw of raws) raw.writeLines(`GET ${url} HTTP/1.1`, 'Host: localhost', '', '')
    const answers = await Promise.all(raws.map(async (raw) => parse(await raw.answers(1))))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, ...Array(MANY - 1).fill(400)])
    t.equal(socket.readyState, 'closed')
    t.strictSame(app.socketio.metrics.ended, { 'protocol violation': 1 })
    await until(() => pending() === 0)
  })

  t.test(`engine ${dialect.eio}: POSTs to a session that the application has closed: one waits for the end, the others are refused at once`, async (t) => {
    const app = await pluginApp(t)
    const port = await portOf(app)
    const { url, socket, poll } = await connectEngine(app, dialect)
    socket.on('data', () => {})
    socket.write('last words')
    socket.close()
    t.equal(socket.readyState, 'closing')
    const pending = unanswered(app)
    const body = dialect.body('4x')
    const raws = Array.from({ length: MANY }, () => dial(t, port))
    for (const raw of raws) raw.writeLines(`POST ${url} HTTP/1.1`, 'Host: localhost', `Content-Length: ${body.length}`, '', body)
    await until(() => raws.filter(({ text }) => text !== '').length === MANY - 1)
    t.equal(pending(), 1)
    t.strictSame(await poll(), ['4last words'])
    t.strictSame(await poll(), ['1'])
    const answers = await Promise.all(raws.map(async (raw) => parse(await raw.answers(1))))
    t.strictSame(new Set(answers.map(({ status, body }) => `${status} ${body}`)), new Set(['400 {"code":1,"message":"Session ID unknown"}']))
    await until(() => pending() === 0)
  })
}

t.test('as many are open as there are sessions, and no more', async (t) => {
  const app = await pluginApp(t, { maxSessions: 5 })
  const port = await portOf(app)
  const pending = unanswered(app)
  for (let i = 0; i < MANY; i++) {
    const { statusCode, body } = await app.inject('/socket.io/1/')
    if (statusCode !== 200) continue
    const url = `/socket.io/1/xhr-polling/${sidOf({ body })}`
    await app.inject(url)
    for (let again = 0; again < 3; again++) dial(t, port).writeLines(`GET ${url} HTTP/1.1`, 'Host: localhost', '', '')
  }
  await until(() => [...app.socketio.sessions.values()].every(({ transport }) => transport.writable) && pending() === 5)
  t.equal(app.socketio.sessions.size, 5)
})
