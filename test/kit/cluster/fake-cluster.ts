// Nodes in one process whose calls to each other cross no network: a call arrives a turn of the event loop later, as over a link.
import type { Cluster, ClusterHost, HeldPoll, HeldStream, PollOwner, PostOwner, Refused, RemoteNode, SessionHost, SessionRequest, StreamOwner } from '../../../types/cluster.js'

type Calls<T> = { [Name in keyof T]: T[Name] extends (...args: infer Args) => unknown ? (...args: Args) => void : never }

/** Calls of one node to another, in order, each a turn later. */
class Wire {
  #queue: (() => void)[] = []

  later (call: () => void): void {
    if (this.#queue.push(call) === 1) setImmediate(() => this.#run())
  }

  #run (): void {
    const calls = this.#queue
    this.#queue = []
    for (const call of calls) call()
  }
}

/** Passes calls on to `target`, later. */
function deferred <T extends object> (wire: Wire, target: () => T, names: readonly (keyof T & string)[]): Calls<T> {
  const call = (name: keyof T & string) => (...args: unknown[]): void => wire.later(() => {
    const one: T = target()
    const method = one[name]
    if (typeof method === 'function') Reflect.apply(method, one, args)
  })
  return Object.fromEntries(names.map((name) => [name, call(name)])) as Calls<T>
}

class FakeNode implements RemoteNode {
  readonly tag: string
  readonly #host: () => SessionHost
  readonly #there = new Wire()
  readonly #back = new Wire()

  constructor (tag: string, host: () => SessionHost) {
    this.tag = tag
    this.#host = host
  }

  check (request: SessionRequest, answer: (refused?: Refused) => void): void {
    this.#there.later(() => this.#host().check(request, (refused) => this.#back.later(() => answer(refused))))
  }

  poll (request: SessionRequest, poll: HeldPoll): PollOwner {
    let owner: PollOwner = { settled () {}, release () {} }
    const back = deferred<HeldPoll>(this.#back, () => poll, ['send', 'destroy', 'refuse'])
    const held: HeldPoll = {
      ...back,
      send (payload, isLast) {
        back.send(payload, isLast)
        return Buffer.byteLength(payload)
      }
    }
    this.#there.later(() => { owner = this.#host().poll(request, held) })
    return deferred(this.#there, () => owner, ['settled', 'release'])
  }

  post (request: SessionRequest, payload: string | Buffer, answer: (refused?: Refused) => void): PostOwner {
    let owner: PostOwner | undefined
    this.#there.later(() => { owner = this.#host().post(request, payload, (refused) => this.#back.later(() => answer(refused))) })
    return { abandon: () => this.#there.later(() => owner?.abandon()) }
  }

  open (request: SessionRequest, stream: HeldStream): StreamOwner {
    let owner: StreamOwner = { frame () {}, sent () {}, closed () {} }
    const held = deferred<HeldStream>(this.#back, () => stream, ['send', 'close', 'destroy', 'refuse', 'delivered'])
    this.#there.later(() => { owner = this.#host().open(request, held) })
    return deferred(this.#there, () => owner, ['frame', 'sent', 'closed'])
  }

  end (request: SessionRequest): void { this.#there.later(() => this.#host().end(request)) }
}

/** Makes the clusters of `count` nodes, which know each other. */
export function fakeClusters (count: number): Cluster[] {
  const tags = Array.from({ length: count }, (_, i) => `node-${i}--`)
  const hosts = new Map<string, ClusterHost>()
  const hostOf = (tag: string) => (): SessionHost => {
    const host = hosts.get(tag)
    if (host === undefined) throw new Error(`the node ${tag} has not started`)
    return host.sessions
  }
  return tags.map((tag) => {
    const others = new Map(tags.filter((other) => other !== tag).map((other) => [other, new FakeNode(other, hostOf(other))]))
    return {
      tag,
      nodes: [],
      isCurrent: true,
      async start (host) { hosts.set(tag, host) },
      leave () {},
      stop: () => Promise.resolve(),
      ownerOf: (sid) => others.get(sid.slice(0, 8))
    }
  })
}
