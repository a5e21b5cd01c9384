// A fixed list of addresses. Names in it are resolved whenever a link is made.
import type { LinkAddress } from '../link/types.js'
import type { Members, MembersInit } from './types.js'

export class PeersMembers implements Members {
  readonly #addresses: readonly LinkAddress[]
  /** A list is always current. */
  readonly isCurrent = true

  constructor (addresses: readonly LinkAddress[]) {
    this.#addresses = addresses
  }

  async start ({ onMembers }: MembersInit): Promise<void> {
    onMembers(this.#addresses.map((address) => ({ address })))
  }

  announce (): void {}
  async stop (): Promise<void> {}
}
