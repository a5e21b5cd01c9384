// The server's side of the page: what happens to the sessions, as server-sent events, and buttons that disturb them. A panel of the page names itself in the
// query `panel` of its handshake.
import { PassThrough } from 'node:stream'
import { channels } from 'fastify-socketio-transports'

const REFUSED_FOR = 4000 // ms
const SHOWN = 400 // characters of a frame
const EVENTS = ['open', 'move', 'end', 'refused', 'packet', 'request']

const now = () => performance.timeOrigin + performance.now()

/** @param {import('node:http').IncomingMessage} request */
const panelOf = ({ url = '' }) => new URLSearchParams(url.split('?')[1]).get('panel') ?? ''

/** Says in words what a message of a channel tells. @type {Record<string, (message: any) => object>} */
const TELL = {
  open: ({ socket }) => ({ text: `the server opens a session over ${socket.transport.name}` }),
  move: ({ from, to }) => ({ text: `the server moves the session from ${from} to ${to}` }),
  end: ({ reason, seconds, traffic }) => ({
    text: `the server ends the session: ${reason}, after ${seconds.toFixed(1)} s, ${traffic.packetsIn} packets in, ${traffic.packetsOut} out`
  }),
  refused: ({ reason, detail }) => ({ text: `the server refuses: ${reason} (${detail})` }),
  packet: ({ direction, frame }) => typeof frame === 'string'
    ? { direction, frame: frame.slice(0, SHOWN), length: frame.length }
    : { direction, bytes: frame.length },
  request: ({ kind, request }) => ({ text: `request: ${request.method} ${kind}`, kind })
}

/** The connections of a session when a request has arrived. Those of POSTs are shared with other clients of the browser. */
function connectionsAfter (before, { kind, request, socket }) {
  const known = before?.socket === socket ? before : { socket, held: request.socket }
  if (kind === 'upgrade') return { ...known, next: request.socket }
  return kind === 'post' ? known : { ...known, held: request.socket }
}

/**
 * @param {import('fastify').FastifyInstance} app
 * @param {{ restart?: () => void, inspector?: boolean }} page `restart`: what the button does; without it there is no button. `inspector`: whether there is one to link to
 */
export function tellStory (app, { restart, inspector = false } = {}) {
  /** @type {Set<PassThrough>} */
  const readers = new Set()
  /** @typedef {import('node:net').Socket} Connection */
  /** The connections of each panel's session: the one that it holds, and the one to which it may move. @type {Map<string, { socket: unknown, held: Connection, next?: Connection }>} */
  const open = new Map()
  /** @type {Map<string, number>} */
  const refused = new Map()

  const listeners = EVENTS.map((name) => {
    const listener = (/** @type {any} */ message) => {
      if (message.engine !== app.socketio) return
      const { socket } = message
      const panel = panelOf(socket?.request ?? message.request)
      if (panel === '') return
      if (name === 'request') open.set(panel, connectionsAfter(open.get(panel), message))
      const connections = open.get(panel)
      if (name === 'move' && connections?.next) connections.held = connections.next
      if (name === 'end' && open.get(panel)?.socket === socket) open.delete(panel)
      if (readers.size === 0) return
      const line = `data: ${JSON.stringify({ event: name, panel, at: now(), ...TELL[name]?.(message) })}\n\n`
      for (const reader of readers) reader.write(line)
    }
    return { channel: /** @type {any} */ (channels)[name], listener }
  })
  app.addHook('onReady', async () => { for (const { channel, listener } of listeners) channel.subscribe(listener) })
  app.addHook('onClose', async () => { for (const { channel, listener } of listeners) channel.unsubscribe(listener) })

  app.get('/story', (_request, reply) => {
    const stream = new PassThrough()
    readers.add(stream)
    reply.raw.on('close', () => readers.delete(stream))
    stream.write('retry: 500\n\n')
    return reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).send(stream)
  })
  app.get('/clock', async () => ({ now: now(), restarts: restart !== undefined, inspector }))

  app.register(async (buttons) => {
    buttons.addHook('onRequest', async ({ headers }, reply) => { // only this page pushes them
      if (headers.origin !== undefined && headers.origin.replace(/^https?:\/\//, '') !== headers.host) return reply.code(403).send({ error: 'other origin' })
    })
    const cut = (/** @type {string} */ panel) => open.get(panel)?.held.destroy()
    buttons.post('/cut', async ({ query }) => { cut(Object(query).panel) })
    buttons.post('/refuse', async ({ query }) => {
      const { panel } = Object(query)
      refused.set(panel, Date.now() + REFUSED_FOR)
      setTimeout(() => refused.delete(panel), REFUSED_FOR).unref()
      cut(panel)
    })
    if (restart) buttons.post('/restart', async () => { setImmediate(restart) })
  })

  return {
    /** For the option `authorize`. @param {import('fastify').FastifyRequest} request */
    isWelcome: (request) => !refused.has(panelOf(request.raw))
  }
}
