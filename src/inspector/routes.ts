// The data of the page, and its buttons.
import type { FastifyInstance } from 'fastify'
import type { Engine } from '../../types/engine.js'
import type { Socket } from '../../types/socket.js'
import type { Captures } from './captures.js'
import { checkOrigin } from './guard.js'
import type { Handles } from './handles.js'
import type { Overview } from './overview.js'
import { sendJson } from './page.js'
import type { SessionList } from './session-list.js'
import { headerOf } from './shown.js'
import type { Shown } from './shown.js'

const MAX_DRAIN_S = 3600
const NO_BODY = { bodyLimit: 1 }

export interface RoutesInit {
  readonly engine: Engine
  readonly overview: Overview
  readonly list: SessionList
  readonly captures: Captures
  readonly handles: Handles
  readonly shown: Shown
}

interface OfSession { Params: { handle: string } }

const queryOf = (url = ''): URLSearchParams => new URL(url, 'http://inspector').searchParams

/** What the handshake said. */
const handshakeOf = ({ request: { headers, httpVersion } }: Socket) =>
  ({ agent: headerOf(headers['user-agent']), origin: headerOf(headers.origin), host: headerOf(headers.host), version: httpVersion })

/** Adds the routes that only read. */
export function serveData (app: FastifyInstance, { overview, list, captures, handles }: RoutesInit): void {
  // One page asks each second: its requests are not worth a line each.
  app.get('/data/overview', { logLevel: 'warn' }, (_request, reply) => sendJson(reply, overview.json))

  app.get('/data/sessions', { logLevel: 'warn' }, ({ raw }, reply) => sendJson(reply, JSON.stringify(list.page(queryOf(raw.url)))))

  app.get<OfSession>('/data/sessions/:handle', { logLevel: 'warn' }, ({ params: { handle }, raw }, reply) => {
    const socket = handles.find(handle)
    if (socket === undefined) return sendJson(reply.code(404), '{"error":"this session has ended"}')
    const capture = captures.of(socket)
    if (capture === undefined) return sendJson(reply.code(503), '{"error":"too many timelines are open; close another one"}')
    const { since, heardAt, dropped } = capture
    const entries = capture.after(Number(queryOf(raw.url).get('after')) || 0)
    return sendJson(reply, JSON.stringify({ ...list.row(socket), handshake: handshakeOf(socket), since, heardAt, dropped, entries }))
  })
}

/** Adds the routes of the buttons. */
export function serveButtons (app: FastifyInstance, { engine, handles, shown }: RoutesInit): void {
  app.post<OfSession>('/data/sessions/:handle/end', NO_BODY, ({ params: { handle }, log }, reply) => {
    const socket = handles.find(handle)
    if (socket === undefined) return sendJson(reply.code(404), '{"error":"this session has ended"}')
    log.warn({ sid: shown.id(socket.id) }, 'an operator ends this session by the inspector')
    socket.close()
    return sendJson(reply, '{}')
  })

  app.post('/data/drain', NO_BODY, ({ raw, log }, reply) => {
    const seconds = Number(queryOf(raw.url).get('seconds') || NaN)
    if (!(seconds >= 0 && seconds <= MAX_DRAIN_S)) return sendJson(reply.code(400), `{"error":"seconds must be a number from 0 to ${MAX_DRAIN_S}"}`)
    log.warn({ seconds }, 'an operator drains this server by the inspector')
    engine.drain(seconds * 1000).catch((err) => log.error({ err }, 'the drain failed'))
    return sendJson(reply, '{}')
  })
}

/** The hooks of all routes of data. */
export const guardData = (app: FastifyInstance): void => { app.addHook('preHandler', checkOrigin) }
