// The routes of Engine.IO 3 and 4. All have the same URL. The router selects one by a constraint on the query (generation.ts).
import type { FastifyInstance } from 'fastify'
import type { ParserModule } from '../../../types/options.js'
import type { EngineVersion } from '../../codec/engine-io.js'
import { LastEncoded } from '../../codec/last-encoded.js'
import { isMessagePack } from '../../codec/message-pack.js'
import type { Frame } from '../../codec/packet.js'
import { PacketType, SocketioCodec } from '../../codec/socketio.js'
import type { EngineIoShared } from '../../dialects/engine-io/engine-io.js'
import type { Engine } from '../../engine/engine.js'
import type { RefusalReason } from '../../errors.js'
import { RefusedRequest } from '../../errors.js'
import type { Hosts } from '../../hosts/hosts.js'
import type { Settings } from '../../options.js'
import { engineIoJsonp, quoteJsonp } from '../hooks.js'
import { notePost } from '../posts-under-way.js'
import { PREFLIGHT, rowMaker } from '../rows.js'
import type { Hook, Row, RowOptions } from '../rows.js'
import type { EngineIoContext, EngineIoRoute } from './context.js'
import { handlePost } from './data.js'
import { addGenerations, TRANSPORT_KEYS } from './generation.js'
import { handlePoll, webSocketHandler } from './session.js'
import { addHeadersToUpgrade, onlyUpgrades, verify } from './verify.js'

type EngineIoRow = Row<EngineIoRoute>
/** Makes the rows of one version and transport. */
type ToRows = (transport: 'polling' | 'websocket' | null, options: RowOptions<EngineIoRoute>) => EngineIoRow[]

const VERSIONS: readonly EngineVersion[] = [3, 4]
/** Methods that no transport has. As in engine.io, they are refused with an error of Engine.IO. */
const OTHERS = ['PUT', 'PATCH', 'DELETE']
const ALL = ['GET', 'POST', ...OTHERS]

/** Makes the options of a route that refuses every request. */
function refusal (reason: RefusalReason, detail: string, method = ALL): RowOptions<EngineIoRoute> {
  const refuse: Hook = (request, _reply, done) => { done(new RefusedRequest(reason, detail, { url: request.url })) }
  return { method, preHandler: refuse, handler: () => {} }
}

function pollingRows (context: EngineIoContext, toRows: ToRows): EngineIoRow[] {
  const preHandler = [verify(context, 'polling'), engineIoJsonp]
  return [
    ...toRows('polling', {
      method: 'GET',
      preHandler,
      onSend: quoteJsonp,
      isHeldOpen: true,
      handler: (request, reply) => handlePoll(context, request, reply)
    }),
    ...toRows('polling', {
      method: 'POST',
      bodyLimit: context.settings.maxPayload,
      onRequest: notePost(context.engine, `engine ${context.shared.version}`),
      preHandler,
      handler: (request, reply) => handlePost(context, request, reply)
    }),
    ...toRows(null, refusal('bad handshake method', 'the method is neither GET nor POST', OTHERS))
  ]
}

function webSocketRows (context: EngineIoContext, toRows: ToRows): EngineIoRow[] {
  return [
    ...toRows('websocket', {
      method: 'GET',
      preHandler: [onlyUpgrades, verify(context, 'websocket'), addHeadersToUpgrade(context)],
      handler: () => {},
      wsHandler: webSocketHandler(context)
    }),
    ...toRows(null, refusal('bad handshake method', 'the method is not GET', ['POST', ...OTHERS]))
  ]
}

/** Makes the rows of one version and transport. If one of the two is not enabled, the rows refuse every request. */
function transportRows (context: EngineIoContext, transport: typeof TRANSPORT_KEYS[number], toRows: ToRows): EngineIoRow[] {
  const { settings: { dialects, transports }, shared: { version } } = context
  const dialect = `engine ${version}` as const
  if (!dialects.includes(dialect)) return toRows(null, refusal('unsupported version', `the option "dialects" excludes "${dialect}"`))
  if (transport === 'unknown' || !transports.includes(transport)) return toRows(null, refusal('unknown transport', 'the transport is unknown, or the option "transports" excludes it'))
  return transport === 'polling' ? pollingRows(context, toRows) : webSocketRows(context, toRows)
}

/** Encodes a packet, to see what the parser writes. @throws the error of a parser that does not work. */
const encodeConnect = (parser: ParserModule): unknown => new SocketioCodec(parser).encode({ type: PacketType.CONNECT, nsp: '/' })[0]

function sharedOf (settings: Settings, parser: ParserModule | undefined): Omit<EngineIoShared, 'version' | 'last'> {
  return { ...settings, parser, isMessagePack: parser !== undefined && isMessagePack(encodeConnect(parser)), isSocketio: (settings.io ?? parser) !== undefined }
}

/** Makes the rows of Engine.IO. */
export function engineIoRows (host: FastifyInstance, { engine, hosts, settings, parser }: { engine: Engine, hosts: Hosts, settings: Settings, parser: ParserModule | undefined }): EngineIoRow[] {
  const { path, maxPayload, assumeEngine3, dialects } = settings
  const shared = sharedOf(settings, parser)
  const constrain = addGenerations(host, assumeEngine3)
  const toRowsOf = (dialect: 'engine 3' | 'engine 4', constraints: Record<string, string>): ToRows => {
    const toRows = rowMaker<EngineIoRoute>({ host, path, dialect, maxPayload })
    return (transport, options) => toRows('', transport, { constraints, ...options })
  }
  const rows = VERSIONS.flatMap((version) => {
    const context = { engine, hosts, settings, shared: { ...shared, version, last: new LastEncoded<Frame>() } }
    return TRANSPORT_KEYS.flatMap((transport) => {
      const toRows = toRowsOf(`engine ${version}`, constrain(`${version} ${transport}`))
      return [...toRows(null, PREFLIGHT), ...transportRows(context, transport, toRows)]
    })
  })
  const refuseAll = (constraints: Record<string, string>, reason: RefusalReason, detail: string): EngineIoRow[] => {
    const toRows = toRowsOf('engine 4', constraints)
    return [...toRows(null, PREFLIGHT), ...toRows(null, refusal(reason, detail))]
  }
  rows.push(...refuseAll(constrain('unknown'), 'unsupported version', 'EIO is not 2, 3 or 4; see the option assumeEngine3 for clients that send none'))
  // Requests without parameters of Engine.IO are for revision 1, which has a route with the same URL.
  if (!dialects.includes('revision 1')) rows.push(...refuseAll({}, 'unknown transport', 'the URL has no parameters of Engine.IO, and the option "dialects" excludes "revision 1"'))
  return rows
}
