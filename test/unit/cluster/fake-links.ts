// Links without a network: the test says what happens to them.
import { formatAddress } from '../../../src/cluster/link/address.js'
import type { ConnectOptions, EdgeLink, LinkAddress, LinkConnector } from '../../../src/cluster/link/types.js'
import { unreachableNode } from '../../../src/cluster/link/unreachable.js'

type Options = Pick<ConnectOptions, 'address' | 'tag' | 'onUp' | 'onDown' | 'onFailed' | 'onSelf'>

export class FakeLink implements LinkConnector {
  readonly options: Options
  edge: EdgeLink | undefined
  isClosed = false

  constructor (options: Options) {
    this.options = options
  }

  up (tag: string, more: Partial<EdgeLink> = {}): EdgeLink {
    this.edge = { ...unreachableNode(tag, 'a fake'), address: this.options.address, state: 'serving', sessions: 0, rtt: 1, isUp: true, ...more }
    this.options.onUp(this.edge)
    return this.edge
  }

  down (): void {
    const { edge } = this
    this.edge = undefined
    if (edge !== undefined) this.options.onDown(edge, 'lost')
  }

  fail (): void { this.options.onFailed?.('refused') }
  self (): void { this.options.onSelf?.() }

  close (): void {
    this.isClosed = true
    this.down()
  }
}

export class FakeLinks {
  readonly all: FakeLink[] = []

  readonly connect = (options: Options): FakeLink => {
    const link = new FakeLink(options)
    this.all.push(link)
    return link
  }

  /** The addresses of the links that are not closed, in order. */
  get open (): string[] { return this.all.filter(({ isClosed }) => !isClosed).map(({ options: { address } }) => formatAddress(address)) }

  /** The newest link to an address. */
  to (address: LinkAddress): FakeLink {
    const link = this.all.findLast(({ options }) => formatAddress(options.address) === formatAddress(address))
    if (link === undefined) throw new Error(`no link to ${formatAddress(address)}`)
    return link
  }
}
