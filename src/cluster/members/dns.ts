// A name that resolves to the addresses of all nodes. All of them listen to the same port.
import { lookup } from 'node:dns/promises'
import { Looks } from './looks.js'
import type { Members, MembersInit } from './types.js'

/** Returns all addresses of a name, of IPv4 and IPv6. */
export type Resolve = (name: string) => Promise<readonly string[]>

/** As every other program of the machine does it: with its hosts file, and the search domains without which a short name of Kubernetes means nothing. */
const resolveBySystem: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address)

export class DnsMembers implements Members {
  readonly #name: string
  readonly #port: number
  readonly #resolve: Resolve
  #looks: Looks | undefined

  constructor (name: string, port: number, resolve = resolveBySystem) {
    this.#name = name
    this.#port = port
    this.#resolve = resolve
  }

  get isCurrent (): boolean { return this.#looks?.isCurrent === true }

  start ({ clock, log, onMembers }: MembersInit): Promise<void> {
    const look = async (): Promise<void> => {
      const hosts = await this.#resolve(this.#name)
      onMembers(hosts.map((host) => ({ address: { host, port: this.#port } })))
    }
    this.#looks = new Looks({ look, name: `DNS (${this.#name})`, clock, log })
    return this.#looks.now()
  }

  announce (): void {}
  async stop (): Promise<void> { this.#looks?.stop() }
}
