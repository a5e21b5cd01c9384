// What is compared with what, and the bounds. `npm run bench` measures all of this. `npm run bench:gate` measures the comparisons of GATE and
// fails if a ratio is above its bound. Figures are ours divided by the peer's: server CPU per message, delivery or session; resident
// memory per session. `goal` is the ratio to reach, `bound` the ratio that is held: the goal or, where it has not been reached, the best
// that has been (docs/performance.md says why). A comparison without a bound is for information.

/**
 * @typedef {object} Comparison
 * @property {string} title
 * @property {'echo' | 'load' | 'push' | 'connect' | 'life' | 'storm' | 'memory'} metric
 * @property {number} [sessions] echo and load: how many sessions send messages
 * @property {[target: string, dialect: string][]} ours
 * @property {{ target: string, bound?: number, goal?: number }[]} peers each by its counterpart to our dialect: see README.md
 */

const peer = (target, goal, bound = goal) => ({ target, bound, goal })

/** How many sessions send messages in an echo. */
const COUNTS = [1, 10, 100, 1000]

/** An echo by the number of sessions. @param peersAt the peers with a goal at some counts; at others they are measured as well */
function echo (title, ours, peersAt) {
  const names = [...new Set(Object.values(peersAt).flat().map(({ target }) => target))]
  return COUNTS.map((sessions) => {
    const promised = peersAt[sessions] ?? []
    const others = names.filter((name) => !AT_100_ONLY.includes(name) && !promised.some(({ target }) => target === name)).map((target) => ({ target }))
    return { title, metric: 'echo', sessions, ours, peers: [...promised, ...others] }
  })
}

/** Old servers, which are of interest at one number of sessions. */
const AT_100_ONLY = ['socket.io-0.9', 'gevent-socketio']
const OLD = [peer('socket.io-0.9', 0.95), peer('gevent-socketio', 0.20)]

const WEBSOCKET = [['self', 'rev1-websocket'], ['self', 'eio4-websocket']]
const POLLING = [['self', 'rev1-xhr-polling'], ['self', 'eio4-polling']]
const PARKED = [['self', 'rev1-xhr-polling-parked'], ['self', 'eio4-polling-parked']]
const FEW = [peer('engine.io', 0.90, 1.00)]
const OFFICIAL = { 100: [peer('socket.io', 0.75, 0.88)] }

/** @type {Comparison[]} */
export const COMPARISONS = [
  ...echo('echo, WebSocket', WEBSOCKET, { 100: [peer('ws', 0.95, 1.03), peer('engine.io', 0.70, 0.84), ...OLD] }),
  ...echo('echo, polling', POLLING, { 1: FEW, 10: FEW, 100: [peer('node-http', 1.20, 1.38), peer('engine.io', 0.80, 0.88), ...OLD] }),
  ...echo('echo, polling with a poll open', PARKED, { 100: [peer('node-http', 1.20, 1.38), peer('engine.io', 0.80, 0.95), ...OLD] }),
  ...echo('echo, official Server, WebSocket', [['self-socket.io', 'eio4-websocket']], OFFICIAL),
  ...echo('echo, official Server, polling', [['self-socket.io', 'eio4-polling']], OFFICIAL),
  ...echo('echo, official Server, polling with a poll open', [['self-socket.io', 'eio4-polling-parked']], OFFICIAL),
  ...['eio4-websocket', 'eio4-polling', 'eio4-polling-parked'].flatMap((dialect) => [
    { title: 'echo at a fixed rate', metric: 'load', sessions: 100, ours: [['self', dialect]], peers: [{ target: 'engine.io' }, { target: dialect === 'eio4-websocket' ? 'ws' : 'node-http' }] },
    { title: 'echo at a fixed rate, official Server', metric: 'load', sessions: 100, ours: [['self-socket.io', dialect]], peers: [{ target: 'socket.io' }] }
  ]),
  { title: 'broadcast', metric: 'push', ours: WEBSOCKET, peers: [peer('ws', 1.00)] },
  { title: 'open and close', metric: 'connect', ours: [['self', 'eio4-websocket']], peers: [peer('engine.io', 0.80, 0.95)] },
  { title: 'upgrade, whole life', metric: 'life', ours: [['self', 'eio4-upgrade']], peers: [peer('engine.io', 0.80, 1.00)] },
  { title: 'storm after a restart', metric: 'storm', ours: [['self', 'eio4-upgrade'], ['self', 'eio4-websocket']], peers: [peer('engine.io', 0.80, 1.00)] },
  { title: 'memory, idle WebSocket', metric: 'memory', ours: WEBSOCKET, peers: [peer('ws', 1.12), peer('engine.io', 0.65, 0.72)] },
  { title: 'memory, open poll', metric: 'memory', ours: PARKED, peers: [peer('engine.io', 0.65, 0.88), peer('fastify-http', 1.02, 1.30)] }
]

/** The comparisons that the gate measures within its three minutes: [title, dialect, peer, sessions]. */
const GATED = [
  ['echo, polling', 'eio4-polling', 'engine.io', 100],
  ['echo, polling', 'rev1-xhr-polling', 'engine.io', 100],
  ['echo, polling', 'eio4-polling', 'engine.io', 1],
  ['echo, polling', 'eio4-polling', 'engine.io', 10],
  ['echo, polling', 'eio4-polling', 'node-http', 100],
  ['echo, polling with a poll open', 'eio4-polling-parked', 'engine.io', 100],
  ['echo, polling with a poll open', 'rev1-xhr-polling-parked', 'engine.io', 100],
  ['echo, polling with a poll open', 'eio4-polling-parked', 'node-http', 100],
  ['echo, WebSocket', 'eio4-websocket', 'engine.io', 100],
  ['echo, WebSocket', 'eio4-websocket', 'ws', 100],
  ['echo, WebSocket', 'rev1-websocket', 'ws', 100],
  ['echo, official Server, WebSocket', 'eio4-websocket', 'socket.io', 100],
  ['echo, official Server, polling', 'eio4-polling', 'socket.io', 100],
  ['echo, official Server, polling with a poll open', 'eio4-polling-parked', 'socket.io', 100],
  ['broadcast', 'eio4-websocket', 'ws'],
  ['open and close', 'eio4-websocket', 'engine.io'],
  ['upgrade, whole life', 'eio4-upgrade', 'engine.io'],
  ['storm after a restart', 'eio4-upgrade', 'engine.io'],
  ['memory, idle WebSocket', 'eio4-websocket', 'engine.io'],
  ['memory, open poll', 'eio4-polling-parked', 'engine.io']
]

/** @type {Comparison[]} one peer each, all with a bound */
export const GATE = GATED.map(([title, dialect, target, sessions]) => {
  const comparison = COMPARISONS.find((each) => each.title === title && each.sessions === sessions && each.ours.some(([, name]) => name === dialect))
  const { ours, peers } = comparison ?? { ours: [], peers: [] }
  return { ...comparison, ours: ours.filter(([, name]) => name === dialect), peers: peers.filter((peer) => peer.target === target && peer.bound !== undefined) }
})
