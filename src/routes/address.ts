// The address of a client, as the application's `trustProxy` has it.
import type { FastifyRequest } from 'fastify'

/** An address with a port, as some proxies write it into `X-Forwarded-For`: IPv4, or IPv6 in brackets, maybe quoted (RFC 7239, 6). */
const WITH_PORT = /^"?(?:\[([^[\]"]*)\]|([^:[\]"]+))(?::\d*)?"?$/

/** Without the port: that is another one for each connection, and would make another client of it. */
export function addressOf ({ ip }: FastifyRequest): string {
  const [, v6, v4] = WITH_PORT.exec(ip ?? '') ?? [] // a Unix domain socket has none, whatever the type says
  return v6 ?? v4 ?? ip
}
