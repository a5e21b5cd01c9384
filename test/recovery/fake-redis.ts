// A Redis in this process, as far as the adapter needs one: a client as that of the package `redis`. The test decides when what is read.
import { EventEmitter } from 'node:events'

type Fields = Record<string, string>
interface Entry { readonly id: string, readonly message: Fields }

const sequenceOf = (id: string): number => id === '+' ? Infinity : Number(id.split('-')[1])

export class FakeRedis {
  readonly keys = new Map<string, string>()
  /** How often each command came. */
  readonly count: Record<string, number> = {}
  /** How a command fails. */
  failureOf = (_command: string): Error | undefined => undefined
  /** Called when the stream has been read for what a client has missed, until its end, before the adapter knows. */
  onEnd = async (): Promise<void> => {}
  readonly #entries: Entry[] = []
  readonly #bus = new EventEmitter().setMaxListeners(0)

  /** @param lag Resolves when what is new may be read by this client and its duplicates. */
  client (lag: () => Promise<void> = async () => {}): object {
    const run = async <T>(name: string, work: () => T): Promise<T> => {
      this.count[name] = (this.count[name] ?? 0) + 1
      await null
      const failure = this.failureOf(name)
      if (failure !== undefined) throw failure
      return work()
    }
    const get = (key: string): string | null => this.keys.get(key) ?? null
    return {
      sSubscribe: () => {},
      on: () => {},
      connect: async () => {},
      disconnect: () => {},
      subscribe: () => {},
      publish: async () => 0,
      duplicate: () => this.client(lag),
      set: (key: string, value: string) => run('set', () => this.keys.set(key, value)),
      del: (key: string) => run('del', () => this.keys.delete(key)),
      multi: () => ({
        get: (key: string) => ({ del: () => ({ exec: () => run('getdel', () => { const value = get(key); this.keys.delete(key); return [value] }) }) })
      }),
      xAdd: (_stream: string, _id: string, message: Fields) => run('xAdd', () => this.#add(message)),
      xRange: (_stream: string, start: string, end: string) => run('xRange', async () => {
        const found = this.#entries.filter(({ id }) => sequenceOf(id) >= sequenceOf(start) && sequenceOf(id) <= sequenceOf(end))
        if (end === '+' && found.length === 0) await this.onEnd()
        return found
      }),
      xRead: async ([{ id = '$' }]: [{ id?: string }]) => {
        const from = id === '$' ? this.#entries.length : sequenceOf(id)
        while (this.#entries.length <= from) await new Promise((resolve) => this.#bus.once('added', resolve))
        await lag()
        return [{ messages: this.#entries.slice(from).map(({ id, message }) => ({ id, message: { ...message } })) }]
      }
    }
  }

  #add (message: Fields): string {
    const id = `1000-${this.#entries.length + 1}`
    this.#entries.push({ id, message })
    this.#bus.emit('added')
    return id
  }
}
