// What a client says right before its goodbye, in the same segment of TCP or the same body of a POST, is heard by an application of the official
// Server, and so is the goodbye behind it. The Server on its own drops it: it has taken the goodbye before it calls the listeners.
import t from 'tap'
import type { Test } from 'tap'
import type { Socket } from 'socket.io'
import { handshakeAt } from '../kit/revision-1/client.js'
import { serve } from '../kit/revision-1/server.js'
import { toPayload } from '../kit/revision-1/payload.js'
import { toBody, toMessage } from '../kit/engine-io/payload.js'
import type { Message } from '../kit/engine-io/payload.js'
import { head } from '../kit/raw/http.js'
import { FIN, frame, OPCODE } from '../kit/raw/frames.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { until } from '../kit/waiting.js'
import { dial } from '../kit/raw/connection.js'
import type { RawConnection } from '../kit/raw/connection.js'

/** What clients say in one dialect. */
interface Dialect {
  readonly name: string
  readonly path: string
  /** What is said in an endpoint: an event, a message, an event with attachments, an acknowledgement. */
  words (endpoint: string): Message[]
  connect (endpoint: string): string
  /** Packets that end the endpoint, or all. */
  readonly goodbyes: Record<string, (endpoint: string) => string[]>
  /** What is said, as it stands in a body. */
  body (said: readonly Message[]): string
}

const word = (endpoint: string): string => endpoint === '' ? '' : `${endpoint},`
const ATTACHED = '{"_placeholder":true,"num":0}'

const REVISION_1: Dialect = {
  name: 'revision 1',
  path: '/socket.io/1/',
  connect: (endpoint) => `1::${endpoint}`,
  words: (endpoint) => [`5::${endpoint}:{"name":"bye","args":[1]}`, `3::${endpoint}:text`, `6::${endpoint}:1+["acked"]`, `5::${endpoint}:{"name":"bye","args":[2]}`],
  goodbyes: {
    'a goodbye': (endpoint) => [`0::${endpoint}`],
    'a goodbye to all': () => ['0::']
  },
  body: (said) => toPayload(said.map(String))
}

const engine = (eio: 3 | 4): Dialect => ({
  name: `engine ${eio}`,
  path: `/socket.io/?EIO=${eio}&transport=`,
  connect: (endpoint) => `40${word(endpoint)}`,
  words: (endpoint) => [
    `42${word(endpoint)}["bye",1]`, `42${word(endpoint)}["message","text"]`, `43${word(endpoint)}0["acked"]`,
    `451-${word(endpoint)}["bye",${ATTACHED}]`, Buffer.from('abc'), `42${word(endpoint)}["bye",2]`
  ],
  goodbyes: {
    'a goodbye': (endpoint) => [`41${word(endpoint)}`],
    'a close packet': () => ['1'],
    both: (endpoint) => [`41${word(endpoint)}`, '1']
  },
  body: (said) => toBody(said, eio)
})

/** In the order in which it is said, save that the Server hears acknowledgements a tick before events. */
const heardOf = ({ name }: Dialect): unknown[] =>
  ['acked', 'bye 1', 'message text', ...name === 'revision 1' ? [] : ['bye abc'], 'bye 2']

interface Client {
  say (...said: Message[]): Promise<void>
  /** Says it in one go, with bytes behind it. */
  end (said: readonly Message[], behind: Buffer): Promise<void>
  readonly raw: RawConnection
}

const inFrame = (said: Message): Buffer => frame(FIN | (typeof said === 'string' ? OPCODE.text : OPCODE.binary), said)

async function webSocket (t: Test, { name, path }: Dialect, port: number): Promise<Client> {
  const url = name === 'revision 1' ? `${path}websocket/${await handshakeAt(port)}` : `${path}websocket`
  const raw = await rawWebSocket(t, `http://127.0.0.1:${port}${url}`, [])
  const toFrame = (said: Message): Buffer => inFrame(toMessage(said, name === 'engine 3' ? 3 : 4, false))
  return {
    raw,
    say: async (...said) => { for (const one of said) await raw.write(toFrame(one)) },
    end: async (said, behind) => { await raw.write(Buffer.concat([...said.map(toFrame), behind])) }
  }
}

async function polling (t: Test, dialect: Dialect, port: number): Promise<Client> {
  const [raw, poll] = [dial(t, port), dial(t, port)]
  let url: string
  if (dialect.name === 'revision 1') {
    url = `${dialect.path}xhr-polling/${await handshakeAt(port)}`
    await poll.write(head('GET', url))
  } else {
    await raw.write(head('GET', `${dialect.path}polling&b64=1`))
    url = `${dialect.path}polling&b64=1&sid=${/"sid":"([^"]+)"/.exec((await raw.answer()).body)?.[1]}`
  }
  const post = async (said: readonly Message[], behind: Buffer = Buffer.alloc(0)): Promise<void> => {
    const body = Buffer.from(dialect.body(said))
    await raw.write(Buffer.concat([Buffer.from(head('POST', url, 'Content-Type: text/plain', `Content-Length: ${body.length}`)), body, behind]))
  }
  return { raw, say: async (...said) => { await post(said); await raw.answer() }, end: post }
}

const CLOSE = frame(FIN | OPCODE.close, Buffer.of(3, 232))
const NOTHING = Buffer.alloc(0)

interface Ending { readonly name: string, readonly packets: (endpoint: string) => string[], readonly behind: Buffer, readonly fin: boolean }

const endings = ({ goodbyes }: Dialect, carrier: string): Ending[] => [
  ...Object.entries(goodbyes).map(([name, packets]) => ({ name, packets, behind: NOTHING, fin: false })),
  ...carrier === 'websocket'
    ? [...Object.entries(goodbyes).map(([name, packets]) => [`${name} and `, packets] as const), ['', () => []] as const].flatMap(([name, packets]) => [
        { name: `${name}a close frame`, packets, behind: CLOSE, fin: false },
        { name: `${name}FIN`, packets, behind: NOTHING, fin: true }
      ])
    : []
]

t.test('revision 1, polling: what stands before a goodbye in one body is answered to the open poll, what stands behind it is not heard', async (t) => {
  const server = await serve(t, { io: {}, transports: ['xhr-polling'] })
  server.app.io.on('connection', (socket) => socket.on('message', (text) => socket.send(text)))
  const { client, socket } = await server.connect('xhr-polling')
  client.hold()
  await until(() => socket.transport.writable)
  await client.post(toPayload(['3:::a', '0::', '3:::b']))
  t.strictSame(await client.take(2), ['3:::a', '7:::1+0'])
})

const CARRIERS = { websocket: webSocket, polling }

/** What the application hears of one client, until it has left. */
function listen (heard: unknown[], socket: Socket): void {
  const text = (value: unknown): string => Buffer.isBuffer(value) ? value.toString() : String(value)
  socket.emit('ask', (answer: unknown) => heard.push(answer))
  for (const name of ['bye', 'message']) socket.on(name, (value) => heard.push(`${name} ${text(value)}`))
  socket.use((_event, next) => next())
  socket.on('disconnect', () => heard.push('left'))
}

for (const dialect of [REVISION_1, engine(3), engine(4)]) {
  for (const [carrier, open] of Object.entries(CARRIERS)) {
    t.test(`${dialect.name}, ${carrier}`, async (t) => {
      for (const endpoint of ['', '/chat']) {
        for (const ending of endings(dialect, carrier)) {
          await t.test(`${endpoint || 'the default endpoint'}, ${ending.name}: what is said before a goodbye is heard`, async (t) => {
            // One for each: the ids of what the Server asks count on from client to client.
            const server = await serve(t, { io: {}, transports: ['websocket', 'xhr-polling', 'polling'] })
            const { io } = server.app
            const heard: unknown[] = []
            io.of(endpoint || '/').once('connection', (socket: Socket) => listen(heard, socket))
            const connected = new Promise<Socket>((resolve) => { io.of(endpoint || '/').once('connection', resolve) })
            const client = await open(t, dialect, server.port)
            if (endpoint !== '' || dialect.name === 'engine 4') await client.say(dialect.connect(endpoint))
            const socket = await connected
            await until(() => socket.connected)
            await client.end([...dialect.words(endpoint), ...ending.packets(endpoint)], ending.behind)
            if (ending.fin) client.raw.socket.end()
            await until(() => heard.includes('left'))
            t.strictSame(heard, [...heardOf(dialect), 'left'])
          })
        }
      }
    })
  }
}
