// The same application here and on socket.io's own server, with the real client.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import type { ServerOptions, Socket } from 'socket.io'
import { io as connect } from 'socket.io-client'
import type { Test } from 'tap'
import { portOf, serverApp } from './app.js'

/** A Server, and the port that it is found on. */
export interface Running { io: Server, port: number }

/** Where it runs when not here. */
export const OWN = 'on socket.io\'s own server'
export const PLACES = ['here', OWN]

/** Options of socket.io's own server, where its defaults serve fewer clients. */
type OwnOptions = Partial<ServerOptions>

const SERVERS: Record<string, (t: Test, options: OwnOptions) => Promise<Running>> = {
  here: async (t) => {
    const app = await serverApp(t)
    return { io: app.io, port: await portOf(app) }
  },
  [OWN]: async (t, options) => {
    const http = createServer()
    const io = new Server(http, options)
    t.teardown(() => io.close())
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return { io, port: (http.address() as AddressInfo).port }
  }
}

/** @param where one of {@link PLACES} */
export async function start (t: Test, where: string, options: OwnOptions = {}): Promise<Running> {
  const begin = SERVERS[where]
  if (begin === undefined) throw new Error(where)
  return await begin(t, options)
}

/** The Server's socket of a new client, and what that hears of `word`. */
export async function connected (t: Test, { io, port }: Running, transport: string): Promise<{ socket: Socket, heard: unknown[] }> {
  const client = connect(`http://127.0.0.1:${port}`, { transports: [transport], forceNew: true })
  t.teardown(() => client.disconnect())
  const heard: unknown[] = []
  client.on('word', (...args) => heard.push(...args))
  const joined = new Promise((resolve) => { client.once('connect', () => resolve(undefined)) })
  const socket = await new Promise<Socket>((resolve) => { io.once('connection', resolve) })
  await joined
  return { socket, heard }
}
