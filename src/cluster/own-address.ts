// The address that this node tells the others.
import { networkInterfaces } from 'node:os'
import type { NodeAddress } from '../../types/cluster.js'

/** The options `listen`. */
export interface Listen {
  readonly host?: string
  readonly port?: number
  readonly advertise?: Partial<NodeAddress>
}

const ALL_INTERFACES = new Set(['0.0.0.0', '::', ''])

type Interfaces = ReturnType<typeof networkInterfaces>

/** Returns the first address of this machine that others can reach: of IPv4 if there is one, without those of one link of IPv6. */
function firstAddress (interfaces: Interfaces): string {
  const reachable = Object.values(interfaces).flatMap((infos) => infos ?? []).filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  return (reachable.find(({ family }) => family === 'IPv4') ?? reachable[0])?.address ?? '127.0.0.1'
}

/** @param port where this node listens */
export function ownAddress ({ host = '', advertise }: Listen, port: number, interfaces = networkInterfaces): NodeAddress {
  return {
    host: advertise?.host ?? (ALL_INTERFACES.has(host) ? firstAddress(interfaces()) : host),
    port: advertise?.port ?? port
  }
}
