// What several nodes may cost, as data like ../bounds.mjs: `npm run bench:cluster` measures it, and fails where a ratio is above its bound.
import { fileURLToPath } from 'node:url'

const target = (name) => fileURLToPath(new URL(`${name}.mjs`, import.meta.url))
const of = (name, ...dialects) => dialects.map((dialect) => [target(name), dialect])
const peer = (name, bound) => ({ target: target(name), bound, goal: bound })

/** @type {import('../bounds.mjs').Comparison[]} */
export const COMPARISONS = [
  {
    title: 'echo, polling, all requests forwarded',
    metric: 'echo',
    ours: of('forwarded', 'eio4-polling', 'rev1-xhr-polling'),
    peers: [peer('direct', 1.5), peer('cluster-engine', 0.45)]
  },
  {
    title: 'echo, polling with a poll open, all requests forwarded',
    metric: 'echo',
    ours: of('forwarded', 'eio4-polling-parked', 'rev1-xhr-polling-parked'),
    peers: [peer('direct', 1.5), peer('cluster-engine', 0.45)]
  },
  { title: 'echo, WebSocket, forwarded', metric: 'echo', ours: of('forwarded', 'eio4-upgrade', 'rev1-websocket'), peers: [peer('direct', 2.5)] },
  { title: 'echo, nothing forwarded', metric: 'echo', ours: of('idle', 'eio4-polling', 'rev1-xhr-polling', 'eio4-websocket'), peers: [peer('direct', 1.02)] },
  { title: 'memory, open poll, forwarded', metric: 'memory', ours: of('forwarded', 'eio4-polling-parked', 'rev1-xhr-polling-parked'), peers: [peer('direct', 1.2)] }
]
