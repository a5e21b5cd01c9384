// A reverse proxy that sends its server another Host than the browser has sent, as Vite's `changeOrigin` and many a proxy's default do.
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Teardown } from '../teardown.js'

const headOf = ({ method, url }: IncomingMessage, headers: IncomingHttpHeaders): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`)
  return [`${method ?? ''} ${url ?? ''} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/**
 * Starts one in front of a server. Returns its own origin. @param target the server, or a function that chooses one for each request @param forwards whether it sends the
 * Host of the browser as X-Forwarded-Host
 */
export async function changingProxy (t: Teardown, target: string | ((request: IncomingMessage) => string), forwards = false): Promise<string> {
  const open = new Set<Socket>()
  const targetOf = (request: IncomingMessage): URL => new URL(typeof target === 'string' ? target : target(request))
  const change = ({ headers }: IncomingMessage, { host }: URL): IncomingHttpHeaders => ({ ...headers, host, ...(forwards && { 'x-forwarded-host': headers.host }) })
  const proxy = createServer((request, response) => {
    const to = targetOf(request)
    const passed = httpRequest(to, { method: request.method, path: request.url, headers: change(request, to), agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  })
  proxy.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const to = targetOf(request)
    const passed = connect(Number(to.port), to.hostname)
    for (const one of [socket, passed]) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => { for (const each of [socket, passed]) each.destroy() })
    }
    passed.write(headOf(request, change(request, to)))
    passed.write(head)
    socket.pipe(passed).pipe(socket)
  })
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
    for (const socket of open) socket.destroy()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}
