// Places at which the connection of a request breaks, and the ways in which it does.
import { after, afterLast, beforeLast, headEnd, inBody, never } from '../kit/network/points.js'
import type { Point } from '../kit/network/points.js'
import type { Leave, Way } from '../kit/network/breaking-proxy.js'

export interface Place { readonly name: string, readonly way: Way, readonly at: Point }

export const IN_REQUEST: Place = { name: 'in the request', way: 'up', at: after(20) }
/** When the server holds the request, the test strikes. */
export const WHILE_HELD: Place = { name: 'while it is held', way: 'down', at: never }
export const IN_ANSWER: readonly Place[] = [
  { name: 'before the answer', way: 'down', at: after(0) },
  { name: 'in the head of the answer', way: 'down', at: after(20) },
  { name: 'between head and body', way: 'down', at: headEnd },
  { name: 'in the body', way: 'down', at: inBody(2) },
  { name: 'before the last byte', way: 'down', at: beforeLast }
]
export const AFTER_ANSWER: Place = { name: 'after the last byte', way: 'down', at: afterLast }

/** Both ends see the same, or only the client sees that the connection has gone. */
export const KINDS = {
  'by FIN': { client: 'fin', server: 'fin' },
  'by RST': { client: 'rst', server: 'rst' },
  'for the client alone': { client: 'rst', server: 'open' }
} as const satisfies Record<string, { client: Leave, server: Leave }>
export type Kind = keyof typeof KINDS

export const ALL_KINDS = Object.keys(KINDS) as Kind[]
/** Those of which the server hears. */
export const NOTICED: readonly Kind[] = ['by FIN', 'by RST']
/** Those after which it cannot know that an answer was not read. */
export const UNTOLD: readonly Kind[] = ['by FIN', 'for the client alone']

export interface Cut { readonly place: Place, readonly kind: Kind }

export const cuts = (places: readonly Place[], kinds: readonly Kind[] = ALL_KINDS): Cut[] =>
  places.flatMap((place) => kinds.map((kind) => ({ place, kind })))
