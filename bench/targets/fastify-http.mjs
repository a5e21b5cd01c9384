// Floor for polling inside Fastify: plain routes, the same sessions as node-http.mjs.
import Fastify from 'fastify'

const TEXT = 'text/plain; charset=UTF-8'

function poll (sessions, { params: { id }, query }, reply) {
  if (query.open !== undefined) {
    sessions.set(id, { waiting: null, queue: [] })
    return reply.type(TEXT).send('hi')
  }
  const session = sessions.get(id)
  if (session.queue.length > 0) return reply.type(TEXT).send(session.queue.shift())
  session.waiting = reply
  reply.raw.on('close', () => { if (session.waiting === reply) session.waiting = null })
}

function receive (sessions, { params: { id }, body }, reply) {
  const session = sessions.get(id)
  const { waiting } = session
  session.waiting = null
  if (waiting === null) session.queue.push(body)
  else waiting.type(TEXT).send(body)
  reply.type(TEXT).send('ok')
}

export default {
  name: 'fastify',
  dialects: { 'http-raw': {}, 'http-raw-parked': {} },
  async serve (port) {
    const sessions = new Map()
    const app = Fastify()
    app.addContentTypeParser('text/plain', { parseAs: 'string' }, (request, body, done) => done(null, body))
    app.get('/s/:id', (request, reply) => { poll(sessions, request, reply) })
    app.post('/s/:id', (request, reply) => receive(sessions, request, reply))
    await app.listen({ port, host: '127.0.0.1', backlog: 4096 })
  }
}
