import { behaviour } from './engine-behaviour.js'

for (const eio of [3, 4] as const) {
  for (const way of ['websocket', 'websocket, b64'] as const) behaviour(eio, way)
}
