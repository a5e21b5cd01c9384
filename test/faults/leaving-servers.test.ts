// A server that is taken out of service, or closed, while clients talk to it through a network with a delay: what was on its way is heard.
import t from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { connectOfficial, hear } from '../kit/official-clients.js'
import type { Peer } from '../kit/official-clients.js'
import { delayed } from '../kit/network/delay-line.js'
import type { Passed } from '../kit/network/delay-line.js'
import { startProcess } from '../kit/servers/process.js'
import type { Asked, Heard } from './leaving-server-process.js'

/** ms, in each direction */
const DELAY = 20
/** ms */
const BETWEEN_NUMBERS = 2
/** How many numbers are said before the server closes. */
const BEFORE = 60

/** How the server goes. */
const WAYS: Record<string, SocketioTransportsOptions> = { 'app.close()': {}, 'app.close() with drainTimeout': { drainTimeout: 500 } }

interface Server {
  readonly port: number
  /** Has it close; what it has heard by the time that it has. */
  close (): Promise<Heard>
}

const servers = startProcess(t, new URL('leaving-server-process.ts', import.meta.url))
await servers.told()

const ask = <Told>(asked: Asked): Promise<Told> => servers.ask(asked)

async function start (options: SocketioTransportsOptions): Promise<Server> {
  const { port } = await ask<{ port: number }>({ start: options })
  return { port, close: () => ask<Heard>({ close: port }) }
}

/** What of a client shows whether its WebSocket is open. */
interface Inside {
  io?: { engine?: { transport?: { ws?: { readyState: number } } } }
  socket?: { transport?: { websocket?: { readyState: number } } }
}

const isOpen = (client: object): boolean => {
  const { io, socket } = client as Inside
  return (io?.engine?.transport?.ws ?? socket?.transport?.websocket)?.readyState === 1
}

/** Says a number now and then, until the client is told to go. Resolves with those said to an open WebSocket, or by polls to a client that is connected. */
async function count (client: Peer, whenBegun: () => void, by: 'websocket' | 'polls'): Promise<number[]> {
  const said: number[] = []
  let connected = true
  client.on('disconnect', () => { connected = false })
  await hear(client, 'connect')()
  const mayTalk = (): boolean => by === 'polls' ? connected : isOpen(client)
  for (let n = 0; mayTalk(); n++) {
    said.push(n)
    client.emit('n', n)
    if (n === BEFORE) whenBegun()
    await new Promise((resolve) => { setTimeout(resolve, BETWEEN_NUMBERS) })
  }
  return said
}

/** One POST: its numbers, and how it was answered; no status: not at all. */
interface Post { numbers: number[], status: number | undefined, body: string }

/** The messages of HTTP in what one side has said on a connection, without chunks. */
function messagesOf (text: string): { head: string, body: string }[] {
  const messages = []
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n\r\n', at)
    if (end < 0) break
    const head = text.slice(at, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    const body = text.slice(end + 4, end + 4 + length)
    if (body.length < length) break
    messages.push({ head, body })
    at = end + 4 + length
  }
  return messages
}

/** The POSTs that the server was given whole. */
function postsOf ({ up, down }: Passed): Post[] {
  const answers = messagesOf(down)
  return messagesOf(up).flatMap(({ head, body }, i) => {
    if (!head.startsWith('POST')) return []
    const answer = answers[i]
    return [{
      numbers: [...body.matchAll(/"n",(\d+)|"args":\[(\d+)\]/g)].map(([, later, old]) => Number(later ?? old)),
      status: answer && Number(answer.head.split(' ')[1]),
      body: answer?.body ?? ''
    }]
  })
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

for (const [way, options] of Object.entries(WAYS)) {
  for (const generation of [0.9, 1, 2, 3, 4] as const) {
    t.test(`client ${generation} by WebSocket, ${way}: all that it has said to an open connection is heard`, async (t) => {
      const server = await start(options)
      const line = await delayed(t, server.port, DELAY)
      const client = connectOfficial(generation, `http://127.0.0.1:${line.port}`, ['websocket'])
      let closing: Promise<Heard> | undefined
      const said = await count(client, () => { closing = server.close() }, 'websocket')
      const { heard, reasons } = await closing as Heard
      t.ok(said.length > BEFORE)
      t.strictSame(heard, said)
      t.strictSame(reasons, [way === 'app.close()' ? 'server shutting down' : 'forced close'])
    })

    const polling = generation === 0.9 ? 'xhr-polling' : 'polling'
    t.test(`client ${generation} by ${polling}, ${way}: what is acknowledged was heard`, async (t) => {
      const server = await start(options)
      const line = await delayed(t, server.port, DELAY)
      const client = connectOfficial(generation, `http://127.0.0.1:${line.port}`, [polling])
      let closing: Promise<Heard> | undefined
      await count(client, () => { closing = server.close() }, 'polls')
      const { heard } = await closing as Heard
      const posts = line.passed.flatMap(postsOf)
      const acknowledged = posts.filter(({ status }) => status === 200)
      t.ok(heard.length > BEFORE / 4)
      t.strictSame(heard, upTo(heard.length), 'in order, and once')
      t.ok(acknowledged.every(({ body, numbers }) => ['ok', '1'].includes(body) && numbers.every((n) => heard.includes(n))))
      if (way !== 'app.close()') t.strictSame(posts.filter(({ status }) => status !== 200), [], 'all were')
    })
  }
}

for (const [way, options] of Object.entries(WAYS)) {
  t.test(`a stream, ${way}: what is acknowledged was heard`, async (t) => {
    const server = await start(options)
    const { port } = await delayed(t, server.port, DELAY)
    const base = `http://127.0.0.1:${port}/socket.io/1`
    const [sid] = (await (await fetch(`${base}/`)).text()).split(':')
    const stream = await fetch(`${base}/htmlfile/${sid}`)
    const read = stream.text()
    const acknowledged: number[] = []
    let closing: Promise<Heard> | undefined
    for (let n = 0, goesOn = true; goesOn; n++) {
      if (n === 10) closing = server.close()
      const answer = await fetch(`${base}/htmlfile/${sid}`, { method: 'POST', body: `5:::{"name":"n","args":[${n}]}` }).catch(() => undefined)
      goesOn = answer?.status === 200
      if (goesOn) acknowledged.push(n)
    }
    const { heard } = await closing as Heard
    t.strictSame(heard, upTo(heard.length))
    t.ok(heard.length >= 10)
    t.strictSame(acknowledged, heard)
    t.match(await read, '7:::1+0', 'it is told to handshake anew')
  })
}

/** A client that says again what nobody has acknowledged, and comes back to whoever is there then. */
const AGAIN = { reconnection: true, retries: 20, ackTimeout: 5000, reconnectionDelay: 20, reconnectionDelayMax: 50 }
const NUMBERS = 40

for (const [transport, way] of [['websocket', 'app.close()'], ['websocket', 'app.close() with drainTimeout'], ['polling', 'app.close() with drainTimeout']] as const) {
  t.test(`client 4 with retries by ${transport}, ${way}: the next server hears what this one has not, and nothing else`, async (t) => {
    const server = await start(WAYS[way] ?? {})
    const next = await start({})
    const line = await delayed(t, server.port, DELAY)
    const client = connectOfficial(4, `http://127.0.0.1:${line.port}`, [transport], AGAIN)
    t.teardown(() => client.disconnect())
    await hear(client, 'connect')()
    const said = upTo(NUMBERS).map((n) => new Promise((resolve) => { client.emit('n', n, resolve) }))
    await said[NUMBERS / 4]
    const { heard } = await server.close()
    line.target = next.port
    await Promise.all(said)
    client.disconnect()
    const { heard: later } = await next.close()
    t.ok(heard.length > 0 && later.length > 0)
    t.strictSame([...heard, ...later], upTo(NUMBERS))
  })
}
