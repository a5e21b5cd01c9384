// A proxy in front of several servers that sends each request to the next one, whatever session it has: no stickiness at all.
import { createServer, request as ask } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Teardown } from '../teardown.js'

export interface SpreadingProxy {
  readonly url: string
  readonly port: number
  /** Ports of the servers behind it. Change it to take a server out. */
  ports: number[]
  close (): Promise<void>
}

/** Passes raw headers on as they are. */
const headersOf = ({ rawHeaders }: IncomingMessage): string[] => rawHeaders

export async function spreadingProxy (t: Teardown, ports: readonly number[], port = 0): Promise<SpreadingProxy> {
  const sockets = new Set<Socket>()
  let turn = 0
  const next = (): number => proxy.ports[turn++ % proxy.ports.length] ?? 0
  const onward = (request: IncomingMessage) => ask({ host: '127.0.0.1', port: next(), method: request.method, path: request.url, headers: headersOf(request), setHost: false, agent: false })
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const there = onward(request)
    there.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersOf(answer))
      answer.on('error', () => response.destroy())
      answer.pipe(response)
      response.flushHeaders()
    })
    there.on('error', () => response.headersSent ? response.destroy() : response.writeHead(502).end())
    response.on('close', () => there.destroy())
    request.pipe(there)
  })
  server.on('upgrade', (request: IncomingMessage, here: Duplex, head: Buffer) => {
    const there = onward(request)
    here.on('error', () => there.destroy())
    const reply = (answer: IncomingMessage): void => {
      const lines = headersOf(answer).flatMap((name, i, all) => i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : [])
      here.write([`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`, ...lines, '', ''].join('\r\n'))
    }
    there.on('upgrade', (answer, socket, rest) => {
      reply(answer)
      here.write(rest)
      socket.on('error', () => here.destroy())
      here.on('error', () => socket.destroy())
      socket.on('close', () => here.destroy())
      here.on('close', () => socket.destroy())
      socket.pipe(here)
      here.pipe(socket)
    })
    there.on('response', (answer) => {
      reply(answer)
      answer.pipe(here)
    })
    there.on('error', () => here.destroy())
    there.end(head)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve) })
  const { port: own } = server.address() as AddressInfo
  const proxy: SpreadingProxy = {
    port: own,
    url: `http://127.0.0.1:${own}`,
    ports: [...ports],
    async close () {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    }
  }
  t.teardown(() => proxy.close())
  return proxy
}
