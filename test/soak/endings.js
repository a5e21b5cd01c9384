// The ways in which a client leaves, and the reasons for which the server may then end its session.
import { setTimeout as sleep } from 'node:timers/promises'
import { pick } from './random.js'

const BROKEN = ['connection closed', 'connection broken']
const TIMEOUT = ['ping timeout', 'poll timeout']

const isWebSocket = ({ link }) => link.kind === 'websocket'
const isHttp = (session) => !isWebSocket(session)
const isEngine = ({ row }) => row.dialect !== 'revision 1'
const isOnPolls = ({ link }) => link.kind === 'polling'

/** What the server may make of a connection that is gone: it hears of it, or, where nothing was under way, misses the client. */
function whenGone (session) {
  if (!isOnPolls(session)) return BROKEN
  return isEngine(session) ? [...BROKEN, ...TIMEOUT] : ['connection broken', 'poll timeout']
}

const reset = (socket) => socket.resetAndDestroy()
const fin = (socket) => socket.end()

/** Ends the connections; nothing is said any more. */
const cut = (how) => (session) => {
  session.finish()
  for (const socket of session.link.sockets()) how(socket)
}

/** The server is to end the session, and the client to see it. */
const asked = (ask) => async (session, { patience }) => {
  session.leaving = true
  ask(session)
  const late = await Promise.race([session.over, sleep(patience, true, { ref: false })])
  if (late === true) session.fault('the server does not let go')
  session.link.destroy()
}

/** A body, or a frame, of which only the first half arrives. */
const half = (begin) => async (session, { random }) => {
  session.finish()
  begin(session.link.current)
  await sleep(50)
  for (const socket of session.link.sockets()) (random() < 0.5 ? reset : fin)(socket)
}

/** Connections stay, until the server has had enough of it. */
async function silence (session, { patience }) {
  session.finish()
  setTimeout(() => session.link.destroy(), patience).unref()
}

/** `fits`: whether a session can end so; `reasons`: for which the server may say that it did; `polite`: everything is to have come back. */
export const ENDINGS = {
  goodbye: { polite: true, fits: () => true, act: asked(({ link, goodbye }) => link.send(goodbye)), reasons: () => ['client left'] },
  'close frame': { polite: true, fits: isWebSocket, act: asked(({ link }) => link.current.close()), reasons: () => ['connection closed'] },
  'asked the server': { polite: true, fits: () => true, act: asked((session) => session.askToBeEnded()), reasons: () => ['closed by server'] },
  FIN: { fits: () => true, act: cut(fin), reasons: whenGone },
  RST: { fits: () => true, act: cut(reset), reasons: whenGone },
  silence: { fits: () => true, act: silence, reasons: () => TIMEOUT },
  'half a body': { fits: isHttp, act: half((link) => link.beginPost()), reasons: whenGone },
  'half a frame': { fits: isWebSocket, act: half((link) => link.beginFrame()), reasons: () => BROKEN },
  'half an upgrade': {
    fits: (session) => isOnPolls(session) && session.row.kind === 'upgrade',
    async act (session, tools) {
      await session.link.probe()
      await (tools.random() < 0.5 ? silence : cut(reset))(session, tools)
    },
    reasons: () => [...BROKEN, ...TIMEOUT]
  },
  'no packet': { fits: isEngine, act: asked(({ link }) => link.send('x')), reasons: () => ['parse error'] },
  'wrong heartbeat': {
    fits: isEngine,
    act: asked(({ link, row }) => link.send(row.dialect === 'engine 4' ? '2' : '3')),
    reasons: () => ['protocol violation']
  },
  'too large': { fits: isWebSocket, act: asked(({ link }) => link.send('x'.repeat(1_100_000))), reasons: () => ['payload too large'] }
}

/** Picks one that fits. */
export function endingOf (session, random) {
  return pick(random, Object.keys(ENDINGS).filter((name) => ENDINGS[name].fits(session)))
}
