import { behaviour } from './engine-behaviour.js'

for (const eio of [3, 4] as const) {
  for (const way of ['xhr', 'xhr, b64', 'jsonp'] as const) behaviour(eio, way)
}
