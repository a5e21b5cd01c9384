// How a session is shown: never by its id, by which everyone can use the session. Pure.
import type { InspectorOptions } from '../../types/inspector.js'
import type { Socket } from '../../types/socket.js'
import { idShower } from '../observation/shown-ids.js'
import type { ShowId } from '../observation/shown-ids.js'

const LONGEST = 200

const cut = (text: string): string => text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
const isText = (value: unknown): value is string | number => (typeof value === 'string' && value !== '') || typeof value === 'number'

/** Members of `context` that name a user, the most telling first. */
const NAMES = ['user', 'username', 'name', 'email', 'sub', 'id']

function userIn (context: unknown, depth = 2): string | undefined {
  if (isText(context)) return String(context)
  if (typeof context !== 'object' || context === null || depth === 0) return undefined
  for (const name of NAMES) {
    const user = userIn(Object(context)[name], depth - 1)
    if (user !== undefined) return user
  }
  return undefined
}

export class Shown {
  readonly #userOf: (socket: Socket) => unknown
  /** Shows an id as the log does. */
  readonly id: ShowId

  constructor ({ userOf, cluster }: InspectorOptions) {
    this.#userOf = userOf ?? (({ context }) => userIn(context))
    this.id = idShower('short', cluster?.tag)
  }

  /** A text of the session, without its id. */
  text (text: string, { id }: { readonly id: string }): string {
    return text.includes(id) ? text.replaceAll(id, this.id(id)) : text
  }

  /** The user of a session, or ''. A `userOf` of the application that throws knows none. */
  user (socket: Socket): string {
    try {
      const user = this.#userOf(socket)
      return isText(user) ? cut(String(user)) : ''
    } catch {
      return ''
    }
  }
}

/** A header, cut. */
export const headerOf = (value: string | string[] | undefined): string => cut(String(value ?? ''))
