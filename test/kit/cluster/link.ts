// Links over real sockets, between nodes whose sessions are fakes, and everything that they log.
import Fastify from 'fastify'
import { connectLink } from '../../../src/cluster/link/connect.js'
import { listenForLinks } from '../../../src/cluster/link/listen.js'
import type { ConnectOptions, EdgeLink, LinkAddress, LinkConnector, LinkListener, ListenOptions } from '../../../src/cluster/link/types.js'
import type { ClusterHost, SessionHost } from '../../../types/cluster.js'
import type { Teardown } from '../teardown.js'
import { until } from '../waiting.js'

export const SECRET = 'a secret of at least 32 characters'
export const OWNER = 'tag-of-a'
export const EDGE = 'tag-of-b'

interface Line { readonly level: number, readonly msg: string, readonly address?: string }

/** The registration of a node. */
export interface FakeHost extends ClusterHost {
  readonly lines: Line[]
  /** Messages of warnings and errors. */
  readonly warnings: string[]
  /** Bytes that wait in links. */
  held: number
  room: number
  sessionCount: number
}

const NO_SESSIONS: SessionHost = {
  check: (_request, answer) => answer(),
  poll: () => ({ settled () {}, release () {} }),
  post: (_request, _payload, answer) => { answer(); return undefined },
  open: () => ({ frame () {}, sent () {}, closed () {} }),
  end () {}
}

export function fakeHost (sessions = NO_SESSIONS): FakeHost {
  const lines: Line[] = []
  const host: FakeHost = {
    sessions,
    lines,
    get warnings () { return lines.filter(({ level }) => level >= 40).map(({ msg }) => msg) },
    held: 0,
    room: Infinity,
    sessionCount: 0,
    count: () => host.sessionCount,
    hold: (bytes) => (host.held += bytes) <= host.room,
    log: Fastify({ logger: { level: 'debug', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } } }).log
  }
  return host
}

export interface FakeOwner extends LinkListener {
  readonly host: FakeHost
  readonly peers: (readonly [tag: string, address: LinkAddress])[]
  state: 'serving' | 'draining'
}

/** A node that accepts links. */
export async function startOwner (t: Teardown, { sessions, ...options }: Partial<ListenOptions> & { sessions?: SessionHost } = {}): Promise<FakeOwner> {
  const host = fakeHost(sessions)
  const peers: FakeOwner['peers'] = []
  const owner: Pick<FakeOwner, 'host' | 'peers' | 'state'> = { host, peers, state: 'serving' }
  const listener = await listenForLinks({
    listen: { host: '127.0.0.1', port: 0 },
    secrets: [SECRET],
    self: { tag: OWNER, address: { host: 'owner.example', port: 7070 } },
    state: () => owner.state,
    onPeer: (tag, address) => { peers.push([tag, address]) },
    ...options,
    host
  })
  t.teardown(() => listener.close())
  return Object.assign(owner, listener)
}

export interface FakeEdge extends LinkConnector {
  readonly host: FakeHost
  readonly ups: EdgeLink[]
  readonly downs: string[]
  readonly failures: string[]
  readonly states: string[]
  selves: number
  /** The link, when it is up. */
  up (): Promise<EdgeLink>
  down (): Promise<string>
  failed (): Promise<string>
}

/** A node that connects to another one. */
export function startEdge (t: Teardown, address: LinkAddress, options: Partial<ConnectOptions> = {}): FakeEdge {
  const host = fakeHost()
  const edge: Omit<FakeEdge, 'close'> = {
    host,
    ups: [],
    downs: [],
    failures: [],
    states: [],
    selves: 0,
    async up () {
      await until(() => edge.ups.at(-1)?.isUp === true)
      const up = edge.ups.at(-1)
      if (up === undefined) throw new Error('no link')
      return up
    },
    async down () {
      await until(() => edge.downs.length > 0)
      return edge.downs.at(-1) ?? ''
    },
    async failed () {
      await until(() => edge.failures.length > 0)
      return edge.failures.at(-1) ?? ''
    }
  }
  const connector = connectLink({
    address,
    tag: undefined,
    secrets: [SECRET],
    self: { tag: EDGE, address: { host: 'edge.example', port: 7071 } },
    onUp: (link) => { edge.ups.push(link) },
    onState: ({ state, sessions }) => { edge.states.push(`${state} ${sessions}`) },
    onDown: (_link, reason) => { edge.downs.push(reason) },
    onFailed: (reason) => { edge.failures.push(reason) },
    onSelf: () => { edge.selves++ },
    ...options,
    host
  })
  t.teardown(() => connector.close())
  return Object.assign(edge, { close: () => connector.close() })
}
