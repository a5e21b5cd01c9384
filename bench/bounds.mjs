// What is compared with what, and what is promised of it. `npm run bench` measures all of this, `npm run bench:gate` as well, and
// fails where a ratio is above its bound. Figures are ours divided by the peer's: server CPU per message, delivery or session; resident
// memory per session. `goal` is what it should be at most, `stretch` what we would like to reach; `bound` is what is held: the goal or, where
// that has not been reached, what has been (docs/performance.md says why).

/**
 * @typedef {object} Comparison
 * @property {string} title
 * @property {'echo' | 'push' | 'connect' | 'memory'} metric
 * @property {[target: string, dialect: string][]} ours
 * @property {{ target: string, bound: number, goal: number, stretch: number }[]} peers Each by what it has to set against our dialect: see README.md.
 */

const peer = (target, goal, stretch, bound = goal) => ({ target, bound, goal, stretch })

const WEBSOCKET_ECHO = [
  peer('ws', 1.05, 0.95, 1.10),
  peer('engine.io', 0.80, 0.70, 0.87),
  peer('socket.io-0.9', 0.95, 0.80),
  peer('gevent-socketio', 0.20, 0.15)
]

const POLLING_ECHO = [
  peer('node-http', 1.25, 1.10, 1.45),
  peer('engine.io', 0.78, 0.65, 0.82),
  peer('socket.io-0.9', 0.78, 0.65, 0.82),
  peer('gevent-socketio', 0.20, 0.15)
]

const PARKED_ECHO = [
  peer('node-http', 1.25, 1.10, 1.42),
  peer('engine.io', 0.78, 0.65, 0.92),
  peer('socket.io-0.9', 0.78, 0.65, 0.92),
  peer('gevent-socketio', 0.20, 0.15)
]

const OFFICIAL = [peer('socket.io', 0.85, 0.75)]

/** @type {Comparison[]} */
export const COMPARISONS = [
  { title: 'echo, WebSocket', metric: 'echo', ours: [['self', 'rev1-websocket'], ['self', 'eio4-websocket']], peers: WEBSOCKET_ECHO },
  { title: 'echo, polling', metric: 'echo', ours: [['self', 'rev1-xhr-polling'], ['self', 'eio4-polling']], peers: POLLING_ECHO },
  { title: 'echo, polling with a poll open', metric: 'echo', ours: [['self', 'rev1-xhr-polling-parked'], ['self', 'eio4-polling-parked']], peers: PARKED_ECHO },
  { title: 'broadcast', metric: 'push', ours: [['self', 'rev1-websocket'], ['self', 'eio4-websocket']], peers: [peer('ws', 1.00, 0.85)] },
  { title: 'open and close', metric: 'connect', ours: [['self', 'eio4-websocket']], peers: [peer('engine.io', 0.80, 0.50, 1.15)] },
  // By themselves: 5,000 sessions of each at once are as many open files as a client may have.
  ...['rev1-websocket', 'eio4-websocket'].map((dialect) => (
    { title: 'memory, idle WebSocket', metric: 'memory', ours: [['self', dialect]], peers: [peer('ws', 1.12, 0.95), peer('engine.io', 0.78, 0.65)] })),
  {
    title: 'memory, open poll',
    metric: 'memory',
    ours: [['self', 'rev1-xhr-polling-parked'], ['self', 'eio4-polling-parked']],
    peers: [peer('fastify-http', 1.02, 1.00, 1.30)]
  },
  { title: 'echo, official Server, WebSocket', metric: 'echo', ours: [['self-socket.io', 'eio4-websocket']], peers: OFFICIAL },
  { title: 'echo, official Server, polling', metric: 'echo', ours: [['self-socket.io', 'eio4-polling']], peers: OFFICIAL },
  { title: 'echo, official Server, polling with a poll open', metric: 'echo', ours: [['self-socket.io', 'eio4-polling-parked']], peers: OFFICIAL }
]
