// The options of the inspector. Pure.
import type { InspectorOptions } from '../../types/inspector.js'
import { BadOptionError, UnguardedInspectorError, UnknownOptionError } from '../errors.js'
import { isObject, show } from '../option-values.js'

const isFunction = (value: unknown): boolean => typeof value === 'function'
const areHooks = (value: unknown): boolean => isFunction(value) || (Array.isArray(value) && value.length > 0 && value.every(isFunction))
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

type Rule = readonly [isAllowed: (value: unknown) => boolean, allowed: string]

const HOOKS: Rule = [areHooks, 'a hook of Fastify, or an array of them']
const RULES: Readonly<Record<keyof InspectorOptions, Rule>> = {
  authorize: [isFunction, 'a function of the request, which returns true to let it in'],
  onRequest: HOOKS,
  preHandler: HOOKS,
  allowAnyone: [isBoolean, 'true or false'],
  readOnly: [isBoolean, 'true or false'],
  userOf: [isFunction, 'a function of the socket, which returns a text'],
  cluster: [(value) => isObject(value) && Array.isArray(value['nodes']), 'the value of the option "cluster" of the registration, made by nodes()'],
  engine: [(value) => isObject(value) && value['sessions'] instanceof Map, 'app.socketio of a registration']
}
/** Options of Fastify's `register`. */
const OF_REGISTER = ['prefix', 'logLevel', 'logSerializers']

const isRule = (name: string): name is keyof InspectorOptions => Object.hasOwn(RULES, name)

/**
 * @throws FST_SIO_BAD_OPTION for an unknown or wrong option
 * @throws FST_SIO_UNGUARDED_INSPECTOR if everyone would see the inspector, and no option says so
 */
export function checkOptions (options: InspectorOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (OF_REGISTER.includes(name)) continue
    if (!isRule(name)) throw new UnknownOptionError(name, `the inspector has the options ${Object.keys(RULES).join(', ')}`)
    const [isAllowed, allowed] = RULES[name]
    if (value !== undefined && !isAllowed(value)) throw new BadOptionError(name, show(value), allowed)
  }
  const { authorize, onRequest, preHandler, allowAnyone = false } = options
  if (authorize === undefined && onRequest === undefined && preHandler === undefined && !allowAnyone) throw new UnguardedInspectorError()
}
