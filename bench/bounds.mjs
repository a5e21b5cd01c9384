// What is compared with what, and what is promised of it. `npm run bench` measures all of this, `npm run bench:gate` as well, and
// fails where a ratio is above its bound. Figures are ours divided by the peer's: server CPU per message, delivery or session; resident
// memory per session. `stretch` is what we would like to reach.

/**
 * @typedef {object} Comparison
 * @property {string} title
 * @property {'echo' | 'push' | 'connect' | 'memory'} metric
 * @property {[target: string, dialect: string][]} ours
 * @property {{ target: string, bound: number, stretch: number }[]} peers Each by what it has to set against our dialect: see README.md.
 */

const WEBSOCKET_ECHO = [
  { target: 'ws', bound: 1.05, stretch: 0.95 },
  { target: 'engine.io', bound: 0.80, stretch: 0.70 },
  { target: 'socket.io-0.9', bound: 0.95, stretch: 0.80 },
  { target: 'gevent-socketio', bound: 0.20, stretch: 0.15 }
]

const POLLING_ECHO = [
  { target: 'node-http', bound: 1.25, stretch: 1.10 },
  { target: 'engine.io', bound: 0.78, stretch: 0.65 },
  { target: 'socket.io-0.9', bound: 0.78, stretch: 0.65 },
  { target: 'gevent-socketio', bound: 0.20, stretch: 0.15 }
]

const OFFICIAL = [{ target: 'socket.io', bound: 0.85, stretch: 0.75 }]

/** @type {Comparison[]} */
export const COMPARISONS = [
  { title: 'echo, WebSocket', metric: 'echo', ours: [['self', 'rev1-websocket'], ['self', 'eio4-websocket']], peers: WEBSOCKET_ECHO },
  { title: 'echo, polling', metric: 'echo', ours: [['self', 'rev1-xhr-polling'], ['self', 'eio4-polling']], peers: POLLING_ECHO },
  { title: 'echo, polling with a poll open', metric: 'echo', ours: [['self', 'rev1-xhr-polling-parked'], ['self', 'eio4-polling-parked']], peers: POLLING_ECHO },
  { title: 'broadcast', metric: 'push', ours: [['self', 'rev1-websocket'], ['self', 'eio4-websocket']], peers: [{ target: 'ws', bound: 1.00, stretch: 0.85 }] },
  { title: 'open and close', metric: 'connect', ours: [['self', 'eio4-websocket']], peers: [{ target: 'engine.io', bound: 0.80, stretch: 0.50 }] },
  {
    title: 'memory, idle WebSocket',
    metric: 'memory',
    ours: [['self', 'rev1-websocket'], ['self', 'eio4-websocket']],
    peers: [{ target: 'ws', bound: 1.12, stretch: 0.95 }, { target: 'engine.io', bound: 0.78, stretch: 0.65 }]
  },
  {
    title: 'memory, open poll',
    metric: 'memory',
    ours: [['self', 'rev1-xhr-polling-parked'], ['self', 'eio4-polling-parked']],
    peers: [{ target: 'fastify-http', bound: 1.02, stretch: 1.00 }]
  },
  { title: 'echo, official Server, WebSocket', metric: 'echo', ours: [['self-socket.io', 'eio4-websocket']], peers: OFFICIAL },
  { title: 'echo, official Server, polling', metric: 'echo', ours: [['self-socket.io', 'eio4-polling']], peers: OFFICIAL },
  { title: 'echo, official Server, polling with a poll open', metric: 'echo', ours: [['self-socket.io', 'eio4-polling-parked']], peers: OFFICIAL }
]
