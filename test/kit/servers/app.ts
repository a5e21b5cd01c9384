// What the tests of this folder and of the plugin's surface share: apps, sessions, raw WebSockets, refused upgrades.
import { on, once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Server, Socket } from 'socket.io'
import { WebSocket } from 'ws'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import type { Teardown } from '../teardown.js'

/** An app that the test closes. */
export function newApp (t: Teardown, options: FastifyServerOptions = {}): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, ...options }) as FastifyInstance
  t.teardown(() => app.close())
  return app
}

/** An app with the plugin in it. */
export async function pluginApp (t: Teardown, options: SocketioTransportsOptions = {}, server: FastifyServerOptions = {}) {
  const app = newApp(t, server)
  await app.register(socketioTransports, options)
  return app
}

/** The same with the official Server on top. */
export const serverApp = (t: Teardown, options: SocketioTransportsOptions = {}) => pluginApp(t, { io: {}, ...options })

/** The Server's socket of a session on a namespace. */
export function socketOf (io: Server, sid: string, nsp = '/'): Socket {
  const socket = io.of(nsp).sockets.get(nsp === '/' ? sid : `${nsp}#${sid}`)
  if (socket === undefined) throw new Error(`the Server has no socket on ${nsp}`)
  return socket
}

export interface LogLine { level: number, msg: string, [key: string]: unknown }

/** A logger option, and the lines it writes. */
export function captureLog (level = 'debug') {
  const lines: LogLine[] = []
  const stream = { write: (line: string) => { lines.push(JSON.parse(line)) } }
  return { lines, logger: { level, stream } }
}

/** The session id in a handshake's answer. */
export const sidOf = ({ body }: { body: string }): string => body.slice(0, body.indexOf(':'))

/** Handshakes by inject; the session's id. */
export async function handshake (app: FastifyInstance, base = '/socket.io', query = ''): Promise<string> {
  const response = await app.inject(`${base}/1/${query}`)
  if (response.statusCode !== 200) throw new Error(`handshake answered ${response.statusCode} ${response.body}`)
  return sidOf(response)
}

export const poll = (app: FastifyInstance, sid: string, base = '/socket.io'): Promise<LightMyRequestResponse> =>
  app.inject(`${base}/1/xhr-polling/${sid}`)

export const post = (app: FastifyInstance, sid: string, payload: string, base = '/socket.io'): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url: `${base}/1/xhr-polling/${sid}`, payload })

/** Handshakes and polls once: the session is connected, and `1::` is read. */
export async function connectPolling (app: FastifyInstance, base = '/socket.io', query = ''): Promise<string> {
  const sid = await handshake(app, base, query)
  const { body } = await poll(app, sid, base)
  if (body !== '1::') throw new Error(`the first poll answered ${body}`)
  return sid
}

/** Where the app listens; it is told to if it does not yet. */
export async function portOf (app: FastifyInstance): Promise<number> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

export interface Client {
  readonly ws: WebSocket
  /** The next text frame. */
  next (): Promise<string>
  send (frame: string): void
  readonly closed: Promise<unknown>
}

/** A raw WebSocket, open. @throws when the upgrade is refused. */
export async function open (url: string, headers: Record<string, string> = {}): Promise<Client> {
  const ws = new WebSocket(url, { headers })
  const frames = on(ws, 'message')
  const closed = new Promise((resolve) => ws.once('close', resolve))
  await once(ws, 'open')
  return {
    ws,
    closed,
    send: (frame) => ws.send(frame),
    async next () {
      const { value } = await frames.next() as { value: [Buffer] }
      return String(value[0])
    }
  }
}

/** A session on a WebSocket, its `1::` read. */
export async function connectWebsocket (app: FastifyInstance, base = '/socket.io', query = ''): Promise<Client & { sid: string }> {
  const port = await portOf(app)
  const sid = await handshake(app, base, query)
  const client = await open(`ws://127.0.0.1:${port}${base}/1/websocket/${sid}`)
  const first = await client.next()
  if (first !== '1::') throw new Error(`the first frame is ${first}`)
  return { ...client, sid }
}

export interface Answer { status: number, headers: IncomingHttpHeaders, body: string }

/** Asks for an upgrade; resolves with the answer once its connection is closed on both sides, if it is no 101. */
export async function upgrade (app: FastifyInstance, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const port = await portOf(app)
  const closed = new Promise((resolve) => app.server.once('connection', (socket) => socket.once('close', resolve)))
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    path,
    method,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers
    }
  })
  return await new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: 101, headers: response.headers, body: '' })
    })
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk })
      const answer = (): void => {
        closed.then(() => resolve({ status: Number(response.statusCode), headers: response.headers, body }), reject)
      }
      response.socket.once('close', answer)
      if (response.socket.destroyed) answer()
    })
    request.end()
  })
}

/** Counts the requests whose head the server has read, with what came in the same turn of the event loop, from now on. */
export function countRequests ({ server }: FastifyInstance): () => number {
  let count = 0
  server.on('request', () => setImmediate(() => count++))
  return () => count
}

/** Makes an inject request from the parts of one. */
export const inject = (app: FastifyInstance, url: string, headers: Record<string, string> = {}, options: InjectOptions = {}) =>
  app.inject({ url, headers, ...options })

/** The reasons for which the Server's sockets disconnect. */
export function reasonsOf (io: Server, nsp = '/') {
  const reasons: string[] = []
  const disconnected = new Promise<void>((resolve) => {
    io.of(nsp).on('connection', (socket) => socket.on('disconnect', (reason) => {
      reasons.push(reason)
      resolve()
    }))
  })
  return { reasons, disconnected }
}

/** A port that nobody has. */
export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
