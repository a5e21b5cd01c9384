// Checks the options of nodes(). Each error says what to write instead.
import cluster from 'node:cluster'
import type { LinkTls, NodeAddress, NodesOptions } from '../../types/cluster.js'
import { BadOptionError, UnknownOptionError } from '../errors.js'
import { isObject, isText, show } from '../option-values.js'
import { parseAddress } from './link/address.js'
import { MAX_SECRETS } from './link/decode.js'
import { DnsMembers } from './members/dns.js'
import { IpcMembers } from './members/ipc.js'
import { PeersMembers } from './members/peers.js'
import { commandOf } from './members/redis-client.js'
import { RedisMembers } from './members/redis.js'
import type { Members } from './members/types.js'
import type { Listen } from './own-address.js'

const MIN_SECRET = 32

const SOURCES = ['redis', 'peers', 'dns', 'ipc'] as const
const COMMON = ['secret', ...SOURCES]

/** What to write instead of names that others use. */
const HINTS: Readonly<Record<string, string>> = {
  host: 'write listen: { host }',
  port: 'write listen: { port }',
  advertise: 'write listen: { advertise: { host, port } }',
  cert: 'write tls: { ca, cert, key }',
  key: 'write tls: { ca, cert, key }',
  ca: 'write tls: { ca, cert, key }',
  nodes: 'did you mean "peers"?',
  hosts: 'did you mean "peers"?',
  client: 'did you mean "redis"?',
  name: 'did you mean "dns"?',
  cluster: 'did you mean "ipc"?',
  secrets: 'write secret: [newOne, oldOne]'
}

const isPort = (value: unknown, least: number): value is number => Number.isInteger(value) && Number(value) >= least && Number(value) < 65_536

const bad = (option: string, value: unknown, allowed: string): Error => new BadOptionError(`cluster.${option}`, show(value), allowed)

/** @throws FST_SIO_BAD_OPTION for a name that is not known */
function checkNames (options: object, known: readonly string[], prefix = ''): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name) || Object(options)[name] === undefined) continue
    const hint = prefix === '' && Object.hasOwn(HINTS, name) ? HINTS[name] : undefined
    throw new UnknownOptionError(`cluster.${prefix}${name}`, hint ?? `the options are ${known.map((one) => prefix + one).join(', ')}`)
  }
}

const SECRET = `at least ${MIN_SECRET} characters that only the nodes know, such as those that "openssl rand -base64 32" prints: write secret: process.env.CLUSTER_SECRET`

/** The error has the length of a secret, and not the secret. */
function readSecrets (secret: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(secret) ? secret : [secret]
  if (list.length === 0 || list.length > MAX_SECRETS) throw new BadOptionError('cluster.secret', `a list of ${list.length}`, `a string, or a list of 1 to ${MAX_SECRETS}, the newest first`)
  return list.map((one) => {
    if (typeof one !== 'string') throw new BadOptionError('cluster.secret', one === undefined ? 'not set' : `of type ${typeof one}`, SECRET)
    if (one.length < MIN_SECRET) throw new BadOptionError('cluster.secret', `${one.length} characters long`, SECRET)
    return one
  })
}

function readTls (tls: unknown): LinkTls | undefined {
  if (tls === undefined) return undefined
  const allowed = 'an object with "cert" and "key" of this node, and "ca", which has signed those of all nodes; without encryption, remove the option'
  if (!isObject(tls)) throw bad('tls', tls, allowed)
  checkNames(tls, ['ca', 'cert', 'key', 'servername'], 'tls.')
  for (const name of ['cert', 'key']) if (tls[name] === undefined) throw bad(`tls.${name}`, undefined, allowed)
  return tls
}

function readListen (listen: unknown = {}): Listen {
  if (!isObject(listen)) throw bad('listen', listen, `an object; write ${isPort(listen, 0) ? `{ port: ${listen} }` : '{ port: 7070 }'}`)
  checkNames(listen, ['host', 'port', 'advertise'], 'listen.')
  const { host, port, advertise = {} } = listen
  if (host !== undefined && !isText(host)) throw bad('listen.host', host, 'an address of this machine, such as "10.0.0.5", or "0.0.0.0" for all')
  if (port !== undefined && !isPort(port, 0)) throw bad('listen.port', port, 'a port number, or 0 for a free one')
  if (!isObject(advertise)) throw bad('listen.advertise', advertise, `an object; write ${isText(advertise) ? `{ host: ${JSON.stringify(advertise)} }` : '{ host, port }'}`)
  checkNames(advertise, ['host', 'port'], 'listen.advertise.')
  const { host: otherHost, port: otherPort } = advertise
  if (otherHost !== undefined && !isText(otherHost)) throw bad('listen.advertise.host', otherHost, 'the address or name of this machine that the other nodes use')
  if (otherPort !== undefined && !isPort(otherPort, 1)) throw bad('listen.advertise.port', otherPort, 'the port number that the other nodes use')
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    advertise: { ...(otherHost !== undefined && { host: otherHost }), ...(otherPort !== undefined && { port: otherPort }) }
  }
}

/** The others find this node by a port that they know. */
function fixedPort ({ port = 0 }: Listen, source: string): number {
  if (port === 0) throw bad('listen.port', port, `a port number, the one that ${source}; write listen: { port: 7070 }`)
  return port
}

function toPeer (text: unknown): NodeAddress {
  const address = typeof text === 'string' ? parseAddress(text) : undefined
  if (address !== undefined && 'port' in address) return address
  throw bad('peers', text, 'a list of "host:port", such as ["10.0.0.5:7070", "node-2:7070", "[fd00::7]:7070"]')
}

function readMembers (options: Record<string, unknown>, listen: Listen): Members {
  const { redis, prefix = 'socketio', peers, dns, ipc } = options
  if (peers !== undefined) {
    fixedPort(listen, '"peers" of the other nodes have for this one')
    return new PeersMembers((Array.isArray(peers) ? peers : [peers]).map(toPeer))
  }
  if (dns !== undefined) {
    if (!isText(dns) || /[:/\s]/.test(dns)) throw bad('dns', dns, 'a name without a port, such as "app.default.svc.cluster.local"; the port is that of "listen"')
    return new DnsMembers(dns, fixedPort(listen, 'all nodes listen to'))
  }
  if (ipc !== undefined) {
    if (ipc !== true) throw bad('ipc', ipc, 'true')
    if (!cluster.isWorker) throw bad('ipc', ipc, 'only in a worker of node:cluster, whose primary calls setupPrimary() before cluster.fork(); other processes find each other by "redis", "peers" or "dns"')
    return new IpcMembers()
  }
  if (!isText(prefix)) throw bad('prefix', prefix, 'a string that is not empty')
  const command = commandOf(redis)
  // A URL may have a password.
  if (command === undefined) throw new BadOptionError('cluster.redis', isText(redis) ? 'a string' : show(redis), 'a connected client; write await createClient({ url }).connect() of the package redis, or new Redis(url) of ioredis')
  return new RedisMembers(command, prefix)
}

/** Options of nodes() that are right. */
export interface Settings {
  readonly secrets: readonly string[]
  readonly tls: LinkTls | undefined
  readonly listen: Listen
  readonly members: Members
}

/** @throws FST_SIO_BAD_OPTION for an option that is missing, unknown or wrong */
export function readNodesOptions (options: NodesOptions): Settings {
  const given: unknown = options
  if (!isObject(given)) throw new BadOptionError('cluster', show(given), 'nodes({ secret, redis }), or with "peers", "dns" or "ipc" instead of "redis"')
  const sources = SOURCES.filter((name) => given[name] !== undefined)
  // Workers of one machine have links without a network.
  const network = given['ipc'] === undefined ? ['listen', 'tls'] : []
  checkNames(given, [...COMMON, ...network, ...(given['redis'] === undefined ? [] : ['prefix'])])
  if (sources.length !== 1) {
    throw new BadOptionError('cluster', sources.length === 0 ? 'without a way to find the other nodes' : `with ${sources.join(' and ')}`, `exactly one of ${SOURCES.join(', ')}`)
  }
  const listen = readListen(given['listen'])
  return { secrets: readSecrets(given['secret']), tls: readTls(given['tls']), listen, members: readMembers(given, listen) }
}
