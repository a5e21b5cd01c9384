// The IP address of a client. It is `request.ip`, so the application's `trustProxy` applies.
import type { FastifyRequest } from 'fastify'

/** An address with a port, which some proxies write into `X-Forwarded-For`: IPv4, or IPv6 in brackets, possibly in quotes (RFC 7239, 6). */
const WITH_PORT = /^"?(?:\[([^[\]"]*)\]|([^:[\]"]+))(?::\d*)?"?$/

/** Returns the address without its port. The port differs for each connection, so with it each connection would count as another client. */
export function addressOf ({ ip }: FastifyRequest): string {
  const [, v6, v4] = WITH_PORT.exec(ip ?? '') ?? [] // `ip` is undefined on a Unix domain socket, although its type is string
  const address = v6 ?? v4 ?? ip
  return address === ip ? ip : address // `ip` itself if it is the same: the connection keeps it anyway, so a session needs no copy
}
