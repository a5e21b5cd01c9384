// The text of an address of a node. Pure.
import type { LinkAddress } from './types.js'

const UNIX = 'unix:'
const HOST_AND_PORT = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i

/** Returns `host:port`, `[ipv6]:port` or `unix:path`. */
export function formatAddress (address: LinkAddress): string {
  if ('path' in address) return UNIX + address.path
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

/** Reads what {@link formatAddress} returns; undefined for any other text. */
export function parseAddress (text: string): LinkAddress | undefined {
  if (text.startsWith(UNIX)) return text.length > UNIX.length && !text.includes('\0') ? { path: text.slice(UNIX.length) } : undefined
  const [, ipv6, name, digits] = HOST_AND_PORT.exec(text) ?? []
  const host = ipv6 ?? name
  const port = Number(digits)
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : undefined
}
