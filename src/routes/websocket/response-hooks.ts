// Whether the app has hooks `onResponse` for upgrades. They need Fastify's request and reply when the WebSocket ends. Without such hooks, an idle WebSocket must not
// keep them in memory.
import type { FastifyInstance } from 'fastify'
import { countResponseHooks } from '../../private/response-hooks.js'

export class ResponseHooks {
  readonly #scope: FastifyInstance
  /** How many hooks the scope inherited at first. */
  readonly #inherited: number | undefined
  #any = false

  /** Called before the scope gets hooks of its own. */
  constructor (scope: FastifyInstance) {
    this.#scope = scope
    this.#inherited = countResponseHooks(scope)
  }

  /** Called when the scope has all hooks of the plugin, and of its instance of @fastify/websocket. The app may add hooks until it is ready. */
  watch (): void {
    const own = Number(countResponseHooks(this.#scope)) - Number(this.#inherited)
    this.#scope.addHook('onReady', (done) => {
      const ofApp = Number(countResponseHooks(this.#scope)) - own // NaN if they cannot be counted
      if (ofApp !== 0) this.#any = true
      done()
    })
  }

  /** Tells that the app has given a route a hook. */
  addOfRoute (): void {
    this.#any = true
  }

  /** Whether the app has any, or may have. Known when the app is ready. */
  get any (): boolean { return this.#any }
}
