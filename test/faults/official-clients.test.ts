// Real clients by polling, through connections that break: they end a session with the poll that broke, come back by themselves, and an
// application that counts misses nothing and hears nothing twice.
import t from 'tap'
import type { Socket } from 'socket.io'
import { connect09, connectOfficial } from '../kit/official-clients.js'
import type { Peer } from '../kit/official-clients.js'
import { serve } from '../kit/revision-1/server.js'
import { AFTER_ANSWER, cuts, IN_ANSWER, IN_REQUEST, KINDS } from './cuts.js'
import type { Place } from './cuts.js'
import { beforeLast } from '../kit/network/points.js'
import { proxyBefore } from '../kit/network/breaking-proxy.js'

const SOON = 10

/** Connects a client that polls, to an origin. */
const CLIENTS: Record<string, (url: string, options?: object) => Peer> = {
  0.9: (url) => connect09(url, 'polling', { reconnect: true, 'reconnection delay': SOON }),
  ...Object.fromEntries(([1, 2, 3, 4] as const).map((generation) => [String(generation), (url: string, options: object = {}) =>
    connectOfficial(generation, url, ['polling'], { reconnection: true, reconnectionDelay: SOON, randomizationFactor: 0, ...options })
  ]))
}

const LAST = 9
const CUT = 3

/** Counts for a client: from where it says, one number after the other, each when it has got the one before. */
function count (socket: Socket): void {
  const say = (number: number): void => { if (number <= LAST) socket.emit('number', number) }
  socket.on('from', say)
  socket.on('got', (number: number) => say(number + 1))
}

for (const [generation, connect] of Object.entries(CLIENTS)) {
  t.test(`client ${generation}: a program whose poll breaks comes back, and an application that counts misses nothing and doubles nothing`, async (t) => {
    const server = await serve(t, { transports: ['xhr-polling', 'polling'], io: {} })
    server.app.io.on('connection', count)
    const proxy = await proxyBefore(t, server.port)
    for (const { place, kind } of cuts([IN_REQUEST, ...IN_ANSWER, AFTER_ANSWER])) {
      await t.test(`${place.name} ${kind}`, async (t) => {
        const client = connect(`http://127.0.0.1:${proxy.port}`)
        t.teardown(() => client.disconnect())
        const numbers: unknown[] = []
        let sessions = 0
        await new Promise<void>((resolve) => {
          client.on('connect', () => {
            sessions++
            client.emit('from', numbers.length)
          })
          client.on('number', (number) => {
            numbers.push(number)
            if (number === CUT && sessions === 1) proxy.arm({ on: /^GET /, way: place.way, at: place.at, act: KINDS[kind] })
            if (number === LAST) resolve()
            else client.emit('got', number)
          })
        })
        t.strictSame(numbers, Array.from({ length: LAST + 1 }, (_, i) => i))
        if (place !== AFTER_ANSWER) t.equal(sessions, 2)
      })
    }
  })
}

const IN_BODY: Place = { name: 'before the last byte', way: 'up', at: beforeLast }

/** SessionLimiter of a POST, and how often the application hears what it carried when the client sends it again. */
const POSTS = [
  ...cuts([IN_REQUEST, IN_BODY]).map((cut) => ({ ...cut, heard: ['first', 'kept', 'last'] })),
  ...cuts(IN_ANSWER.slice(0, 2)).map((cut) => ({ ...cut, heard: ['first', 'kept', 'kept', 'last'] }))
]

t.test('a client 4 with retries sends a POST that broke once more: its packet arrives, and twice if it had arrived before', async (t) => {
  const server = await serve(t, { transports: ['polling'], io: {} })
  const seen = POSTS.map(() => ({ heard: [] as unknown[], connections: 0 }))
  server.app.io.on('connection', (socket) => {
    const one = seen[Number(socket.handshake.auth['token'])]
    const connection = one && ++one.connections
    socket.on('word', (word: unknown, ack: () => void) => {
      one?.heard.push(word)
      if (word !== 'kept' || connection !== 1) ack() // else the acknowledgement comes by a poll that has not broken
    })
  })
  const proxy = await proxyBefore(t, server.port)
  for (const [token, { place, kind, heard: expected }] of POSTS.entries()) {
    await t.test(`${place.name} ${kind}`, async (t) => {
      const client = CLIENTS['4']?.(`http://127.0.0.1:${proxy.port}`, { auth: { token }, retries: 5, ackTimeout: 20_000 })
      t.teardown(() => client?.disconnect())
      const said = (word: string): Promise<unknown> => new Promise((resolve) => client?.emit('word', word, resolve))
      await said('first')
      proxy.arm({ on: /^POST /, way: place.way, at: place.at, act: KINDS[kind] })
      await said('kept')
      await said('last')
      t.strictSame(seen[token]?.heard, expected)
    })
  }
})

for (const generation of ['1', '2', '3', '4']) {
  t.test(`client ${generation}: a program that the server disconnects in the middle of a POST is told so, and stays away`, async (t) => {
    const server = await serve(t, { transports: ['polling'], io: {} })
    const heard: unknown[] = []
    let connections = 0
    server.app.io.on('connection', (socket) => {
      connections++
      socket.on('word', (word: unknown) => {
        heard.push(word)
        if (word === 2) socket.disconnect(true)
      })
    })
    const client = CLIENTS[generation]?.(`http://127.0.0.1:${server.port}`)
    t.teardown(() => client?.disconnect())
    const reason = await new Promise((resolve) => {
      client?.on('disconnect', resolve)
      client?.on('connect', () => { for (const word of [1, 2, 3]) client.emit('word', word) })
    })
    t.strictSame([reason, heard], ['io server disconnect', [1, 2]])
    await new Promise((resolve) => setTimeout(resolve, 10 * SOON))
    t.equal(connections, 1)
  })
}
