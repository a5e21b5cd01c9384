// Nodes find each other in a Redis. Each has a key, which expires, and a set has the tags of all, so that a shared database need not be scanned. Each command has
// one key, so that it works in a Redis Cluster. No command depends on the time of a machine.
import { within } from '../clock.js'
import type { Clock } from '../clock.js'
import { Looks } from './looks.js'
import type { Command } from './redis-client.js'
import type { Member, Members, MembersInit } from './types.js'

/** How long a node that no longer renews its key is named, ms. */
const EXPIRY = '10000'
/** How long leaving may take, ms. */
const LEAVE_LIMIT = 300

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
/** Replies have other classes by client and protocol: arrays or sets, strings or buffers. */
const toTags = (reply: unknown): string[] => Array.isArray(reply) || reply instanceof Set ? Array.from(reply, String) : []

/** Reads the value of a key. Returns undefined for anything that no node has written. */
function toMember (tag: string, reply: unknown): Member | undefined {
  try {
    const { host, port, sessions }: { host?: unknown, port?: unknown, sessions?: unknown } = Object(JSON.parse(String(reply)))
    if (typeof host !== 'string' || host === '' || !isCount(port) || port === 0 || port > 65_535) return undefined
    return { tag, address: { host, port }, ...(isCount(sessions) && { sessions }) }
  } catch {
    return undefined
  }
}

export class RedisMembers implements Members {
  readonly #command: Command
  readonly #prefix: string
  #joined: { readonly looks: Looks, readonly clock: Clock, readonly tag: string } | undefined
  #hasLeft = false

  constructor (command: Command, prefix: string) {
    this.#command = command
    this.#prefix = prefix
  }

  get isCurrent (): boolean { return this.#joined?.looks.isCurrent === true }

  start (init: MembersInit): Promise<void> {
    const { clock, log, self: { tag } } = init
    const looks = new Looks({ look: () => this.#look(init), name: 'Redis', clock, log })
    this.#joined = { looks, clock, tag }
    return looks.now()
  }

  announce (): void {
    this.#joined?.looks.now()
  }

  async stop (): Promise<void> {
    if (this.#joined === undefined) return
    const { looks, clock, tag } = this.#joined
    this.#joined = undefined
    this.#hasLeft = true
    looks.stop()
    const left = Promise.all([this.#command('DEL', this.#key(tag)), this.#command('SREM', this.#index, tag)])
    // When Redis is down, the key expires.
    await within(clock, LEAVE_LIMIT, 'Redis', left).catch(() => {})
  }

  get #index (): string { return `${this.#prefix}:nodes` }

  #key (tag: string): string { return `${this.#prefix}:node:${tag}` }

  /** Writes this node, and reads all. */
  async #look ({ self, onMembers }: MembersInit): Promise<void> {
    const { tag, address, state, sessions } = self
    const value = JSON.stringify({ ...address, state: state(), sessions: sessions() })
    const [,,, reply] = await Promise.all([
      this.#command('SET', this.#key(tag), value, 'PX', EXPIRY),
      this.#command('SADD', this.#index, tag),
      // Nothing is left in a database whose nodes have all been killed.
      this.#command('PEXPIRE', this.#index, EXPIRY),
      this.#command('SMEMBERS', this.#index)
    ])
    const members = await Promise.all(toTags(reply).map((other) => this.#read(other)))
    if (!this.#hasLeft) onMembers(members.filter((member) => member !== undefined))
  }

  /** Reads one node. One that has not renewed its key is removed from the index; it adds itself again if it lives. */
  async #read (tag: string): Promise<Member | undefined> {
    const reply = await this.#command('GET', this.#key(tag))
    if (reply === null && !this.#hasLeft) await this.#command('SREM', this.#index, tag)
    return reply === null ? undefined : toMember(tag, reply)
  }
}
