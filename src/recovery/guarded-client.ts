// The client of Redis that the adapter gets. The adapter does not wait for the command that saves a session, so if that fails, the process ends with an unhandled
// rejection. Here the failure is caught, and is known to the caller of `save`.
const ignore = (): void => {}

interface Set { readonly key: string, readonly done: unknown }

type Command = (...args: readonly unknown[]) => unknown

function commandOf (client: object, name: PropertyKey): Command {
  const command: unknown = Reflect.get(client, name, client)
  return typeof command === 'function' ? command.bind(client) as Command : ignore
}

export class GuardedClient<Client extends object> {
  /** What the adapter gets. */
  readonly client: Client
  readonly #target: Client
  /** The commands of the call of `save` that runs. */
  #sets: Set[] | undefined
  /** What the adapter puts before the id of a session to make a key of it; known from the first one that is saved. */
  #prefix = ''

  constructor (target: Client) {
    this.#target = target
    const set: Command = (key, ...args) => this.#set(key, args)
    this.client = new Proxy(target, {
      get (target, name) {
        if (name === 'set') return set
        const value: unknown = Reflect.get(target, name, target)
        // A method of the packages needs the client itself, because it reads private fields. The adapter reads the name of the class.
        return typeof value === 'function' && name !== 'constructor' ? value.bind(target) as unknown : value
      }
    })
  }

  /** Calls a function that saves a session. Rejects when the command has failed, and when the function throws. */
  async save (pid: string, write: () => void): Promise<void> {
    const sets: Set[] = []
    this.#sets = sets
    try {
      write()
    } finally {
      this.#sets = undefined
    }
    for (const { key } of sets) if (key.endsWith(pid)) this.#prefix = key.slice(0, -pid.length)
    await Promise.all(sets.map(({ done }) => done))
  }

  /** Removes a saved session. Rejects when the command has failed. */
  async remove (pid: string): Promise<void> {
    await commandOf(this.#target, 'del')(this.#prefix + pid)
  }

  #set (key: unknown, args: readonly unknown[]): unknown {
    const done = commandOf(this.#target, 'set')(key, ...args)
    if (this.#sets === undefined) return done
    this.#sets.push({ key: String(key), done })
    return undefined
  }
}
