// `app.io` without the option `io`: an error that says what to write, instead of `undefined`, whose error would not name the plugin.
import type { FastifyInstance } from 'fastify'
import { NoServerError } from './errors.js'

const guarded = new WeakSet<object>()

/** Returns the instance of the app that has no scope around it. */
function rootOf (app: object): object {
  const parent: object | null = Object.getPrototypeOf(app)
  return parent === null || parent === Object.prototype ? app : rootOf(parent)
}

/**
 * Makes reading `app.io` throw FST_SIO_NO_SERVER, in all scopes where nothing sets it. A getter would not do: `'io' in app` is the test of `hasDecorator` and of plugins
 * that need the decorator. So the prototype of the outermost instance becomes a proxy. It is asked only for properties that no instance has.
 */
export function guardServer (app: FastifyInstance): void {
  const root = rootOf(app)
  if (guarded.has(root)) return
  guarded.add(root)
  const between: object = Object.create(Object.getPrototypeOf(root)) // so that `app instanceof Object` stays true
  Object.setPrototypeOf(root, new Proxy(between, {
    get (target, name, receiver): unknown {
      if (name === 'io' && !(name in target)) throw new NoServerError()
      return Reflect.get(target, name, receiver)
    }
  }))
}
