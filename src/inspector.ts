// The entry `fastify-socketio-transports/inspector`: a page that shows the sessions of this process.
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Engine } from '../types/engine.js'
import type { InspectorOptions } from '../types/inspector.js'
import type { ChannelListener } from '../types/observation.js'
import { NotRegisteredError } from './errors.js'
import { Captures } from './inspector/captures.js'
import { authorizeBy } from './inspector/guard.js'
import { Handles } from './inspector/handles.js'
import { Happenings } from './inspector/happenings.js'
import { checkOptions } from './inspector/options.js'
import { Overview } from './inspector/overview.js'
import { servePage, setHeaders } from './inspector/page.js'
import { Refusals } from './inspector/refusals.js'
import { guardData, serveButtons, serveData } from './inspector/routes.js'
import { SessionList } from './inspector/session-list.js'
import { Shown } from './inspector/shown.js'
import { channels } from './observation/channels.js'

/** Hooks in the order in which they run. They run before the handler of every route of the inspector. */
function guard (app: FastifyInstance, { authorize, onRequest = [], preHandler = [] }: InspectorOptions): void {
  for (const hook of [onRequest].flat()) app.addHook('onRequest', hook)
  for (const hook of [preHandler].flat()) app.addHook('preHandler', hook)
  if (authorize !== undefined) app.addHook('preHandler', authorizeBy(authorize))
}

/** Notes refused requests until the app closes. */
function noteRefusals (app: FastifyInstance, engine: Engine, refusals: Refusals): void {
  const onRefused: ChannelListener<'fastify-socketio-transports:refused'> = (message) => { if (message.engine === engine) refusals.add(message) }
  channels.refused.subscribe(onRefused)
  app.addHook('onClose', async () => channels.refused.unsubscribe(onRefused))
}

/** Documented in types/inspector.d.ts. */
export const inspector: FastifyPluginAsync<InspectorOptions> = async function fastifySocketioInspector (app, options) {
  checkOptions(options)
  if (options.engine === undefined && !app.hasDecorator('socketio')) throw new NotRegisteredError()
  const engine = options.engine ?? app.socketio

  const shown = new Shown(options)
  const handles = new Handles()
  const refusals = new Refusals(shown)
  const overview = new Overview({ engine, happenings: new Happenings(handles, shown), refusals, options })
  const captures = new Captures(engine, shown)
  const init = { engine, overview, captures, handles, shown, list: new SessionList(engine, handles, shown) }

  guard(app, options)
  app.addHook('onSend', setHeaders)
  noteRefusals(app, engine, refusals)
  app.addHook('onClose', async () => {
    overview.close()
    captures.close()
  })
  servePage(app)
  await app.register(async (app) => {
    guardData(app)
    serveData(app, init)
    if (options.readOnly !== true) serveButtons(app, init)
  })
}

export default inspector
