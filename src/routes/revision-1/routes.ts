// The routes of revision 1: /PATH/1/ (handshake) and /PATH/1/TRANSPORT/SID, each with or without a slash at the end.
import type { FastifyInstance } from 'fastify'
import { HEARTBEAT } from '../../codec/revision-1.js'
import { Revision1 } from '../../dialects/revision-1/revision-1.js'
import type { Revision1Shared } from '../../dialects/revision-1/revision-1.js'
import type { Engine } from '../../engine/engine.js'
import { NOT_AN_UPGRADE, RefusedRequest } from '../../errors.js'
import type { Hosts } from '../../hosts/hosts.js'
import type { Settings } from '../../options.js'
import { isRevision1, TRANSPORTS } from '../../transports/index.js'
import { handshakeJsonp, pollJsonp, quoteJsonp } from '../hooks.js'
import { notePost } from '../posts-under-way.js'
import { PREFLIGHT, rowMaker } from '../rows.js'
import type { Hook, Row, ToRows } from '../rows.js'
import type { Revision1Route, TransportContext } from './context.js'
import { forceDisconnect, getHandler, headersHook, postHandler, webSocketHandler } from './handlers.js'
import { createHandshake, OTHER_REVISION, welcome } from './handshake.js'

type Revision1Row = Row<Revision1Route>

/** The context that all routes of one registration share. */
export interface Revision1Context {
  readonly engine: Engine
  readonly hosts: Hosts
  readonly settings: Settings
  readonly shared: Revision1Shared
}

const SCHEMA = {
  params: { type: 'object', properties: { protocol: { type: 'string' }, transport: { type: 'string' }, sid: { type: 'string' } } }
}

/** The revision is compared as a number: `1.0` is 1 (docs/revision-1.md, URLs). */
const checkVersion: Hook<Revision1Route> = ({ params: { protocol } }, _reply, done) => {
  done(Number(protocol) === 1 ? undefined : new RefusedRequest('unsupported version', OTHER_REVISION, { protocol }))
}

const refuseTransport: Hook<Revision1Route> = ({ params: { transport } }, _reply, done) => {
  done(new RefusedRequest('unknown transport', 'the transport is unknown, or the option "transports" excludes it', { transport }))
}

const refuseGet = (): never => { throw new RefusedRequest('not an upgrade', NOT_AN_UPGRADE) }

function transportRows (context: TransportContext, toRows: ToRows<Revision1Route>): Revision1Row[] {
  const { engine, hosts, settings: { maxPayload: bodyLimit }, name } = context
  const row = TRANSPORTS[name]
  const url = `/:protocol/${name}/:sid`
  const preHandler = [checkVersion, forceDisconnect(hosts), headersHook(engine)]
  const preflight = toRows(url, name, PREFLIGHT)
  if (row.kind === 'websocket') {
    return [...toRows(url, name, { method: 'GET', preHandler, handler: refuseGet, wsHandler: webSocketHandler(context) }), ...preflight]
  }
  const jsonp = row.kind === 'poll' && row.jsonp
  return [
    ...toRows(url, name, {
      method: 'GET',
      preHandler: jsonp ? [...preHandler, pollJsonp] : preHandler,
      ...(jsonp && { onSend: quoteJsonp }),
      ...(row.kind === 'stream' && { compress: false }),
      isHeldOpen: true,
      handler: getHandler(context, row)
    }),
    ...toRows(url, name, { method: 'POST', bodyLimit, onRequest: notePost(engine, 'revision 1'), preHandler, handler: postHandler(context, row) }),
    ...preflight
  ]
}

function handshakeRows ({ hosts, settings, shared }: Revision1Context, toRows: ToRows<Revision1Route>): Revision1Row[] {
  const { heartbeatInterval: interval, heartbeatTimeout: timeout, transports } = settings
  const heartbeat = { frame: HEARTBEAT, interval, timeout, onPolls: false }
  const handler = createHandshake(hosts, settings, (session) => new Revision1(session, shared, heartbeat))
  const rows = (url: string, preHandler: Hook<Revision1Route>[]): Revision1Row[] => [
    ...toRows(url, null, { method: ['GET', 'POST'], preHandler, onSend: quoteJsonp, handler }),
    ...toRows(url, null, PREFLIGHT)
  ]
  return [
    ...['/:protocol', '/:protocol/:transport'].flatMap((url) => rows(url, [handshakeJsonp])),
    // Without these routes, `/1/xhr-polling/` would be a poll with an empty session id.
    ...transports.filter(isRevision1).flatMap((name) => rows(`/:protocol/${name}`, [handshakeJsonp, checkVersion]))
  ]
}

/** Makes the rows of revision 1. */
export function revision1Rows (host: FastifyInstance, context: Revision1Context): Revision1Row[] {
  const { engine, hosts, settings, settings: { path, transports, maxPayload } } = context
  const toRows = rowMaker<Revision1Route>({ host, path, dialect: 'revision 1', schema: SCHEMA, maxPayload })
  return [
    ...transports.filter(isRevision1).flatMap((name) => transportRows({ engine, hosts, settings, name }, toRows)),
    ...toRows('/:protocol/:transport/:sid', null, {
      method: ['GET', 'POST'],
      preHandler: [checkVersion, forceDisconnect(hosts), refuseTransport],
      handler: () => {}
    }),
    ...handshakeRows(context, toRows),
    ...toRows('', null, { method: 'GET', handler: welcome }),
    ...toRows('/*', null, { method: 'GET', handler: welcome }).slice(0, 1) // matches URLs with a slash at the end too
  ]
}
