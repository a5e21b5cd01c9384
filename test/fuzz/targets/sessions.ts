// Whole sessions: frames into a Socket with either face on it, and bodies into the routes with the official Server behind them.
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import { revision1 } from '../../../src/codec/revision-1.js'
import { decodePacket } from '../../../src/codec/engine-io.js'
import type { Session } from '../../../src/session/session.js'
import type { Socket } from '../../../src/session/socket.js'
import { Engine } from '../../../src/engine/engine.js'
import socketioTransports from '../../../src/index.js'
import { captureLog } from '../../kit/servers/app.js'
import { connectEngine } from '../../kit/engine-io/inject.js'
import { openEngineSession } from '../../kit/fakes/engine-io-session.js'
import { openSession } from '../../kit/fakes/revision-1-session.js'
import type { FakeTransport } from '../../kit/fakes/revision-1-session.js'
import { PART, toBytes } from '../target.js'
import type { Target } from '../target.js'
import { handshake, post } from '../../kit/revision-1/inject.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'

const REVISION_1 = ['1::', '3:1::x', '5:1+::{"name":"n","args":[1]}', '4:::{"a":1}', '1::/chat', '3::/chat:x', '0::/chat', '0::', '2::', '6:::1+["a"]', '8::', '7:::1+0', 'ybinary', '\ufffd3\ufffd8::']
const ENGINE = ['2', '3', '4x', '40', '42["n",1]', '420["n"]', '41', '44"x"', `451-["e",{"_placeholder":true,"num":0}]${PART}y\x04\0`, 'y\x04', 'y', 'b4AQ==', 'bAQ==', '1', '5', '6', '0', '40/chat,', '42/chat,["n"]', '430["x"]']
const ERROR = 50

interface Opened {
  session: Session
  socket: Socket
  transport: FakeTransport
  lines: Record<string, unknown>[]
  closes: unknown[][]
}

type Face = 'packets' | 'messages'

/** An application that says everything back. */
function echo (socket: Socket, face: Face): void {
  if (face === 'messages') socket.on('data', (data) => { socket.write(data) })
  else socket.on('packet', (packet) => { if (packet.type !== 'ack') socket.send(packet) })
}

const turn = (): Promise<unknown> => new Promise((resolve) => { setImmediate(resolve) })

async function framesRule (input: string, { session, socket, transport, lines, closes }: Opened, face: Face, read: (frame: string | Buffer) => unknown): Promise<void> {
  echo(socket, face)
  for (const part of input.split(PART)) {
    session.onFrame(part.startsWith('y') ? toBytes(part.slice(1)) : part)
    for (const frames of transport.take()) for (const frame of frames) read(frame)
    assert.ok(closes.length <= (socket.readyState === 'closed' ? 1 : 0), `${closes.length} closes of a session that is ${socket.readyState}`)
  }
  socket.close()
  session.end('closed by server')
  // An end is told of behind what the client has said: a turn later, and one more for each goodbye between its words.
  for (let turns = 0; closes.length === 0 && turns <= input.length; turns++) await turn()
  assert.equal(socket.readyState, 'closed')
  assert.equal(closes.length, 1)
  assert.deepEqual(lines.filter(({ level }) => Number(level) >= ERROR), [])
}

/** The Server's namespaces, with handlers that answer. */
function answerAll (app: FastifyInstance): void {
  for (const nsp of ['/', '/chat', /^\/dynamic-\d+$/]) {
    app.io.of(nsp).on('connection', (socket) => {
      socket.onAny((name: string, ...args: unknown[]) => {
        const answer = args.pop()
        if (typeof answer === 'function') answer(name, ...args)
        else socket.emit('echo', name, answer)
      })
    })
  }
}

/** One app for all inputs, since it takes longer than they do. */
class App {
  #app: Promise<FastifyInstance> | undefined
  readonly #log = captureLog('info')

  async #start (): Promise<FastifyInstance> {
    const app = Fastify({ logger: this.#log.logger }) as FastifyInstance
    await app.register(socketioTransports, { io: {}, maxPayload: 20_000, maxQueueBytes: 50_000, maxEndpoints: 4, maxAcks: 4 })
    answerAll(app)
    await app.ready()
    return app
  }

  async run (input: string): Promise<void> {
    this.#app ??= this.#start()
    const app = await this.#app
    const { sid, send } = await this.#open(app, input.charCodeAt(0) % 3)
    const { socketio: engine } = app
    const socket = engine.sessions.get(sid)
    const session = engine instanceof Engine && socket !== undefined ? engine.find(sid, socket.dialect) : undefined
    for (const body of input.slice(1).split(PART)) {
      const status = await this.#answer(send(body), session)
      assert.ok([200, 400, 413].includes(status), `status ${status}`)
    }
    socket?.close()
    session?.end('closed by server') // what is queued for a client that does not come is given up
    await turn()
    assert.equal(app.socketio.sessions.size, 0)
    assert.equal(app.socketio.clientsCount, 0)
    assert.equal(app.io.of('/').sockets.size, 0)
    assert.deepEqual(this.#log.lines.splice(0).filter(({ level }) => level >= ERROR), [])
  }

  /** A session that the Server has closed waits for its client, and the answer to a POST with it (docs/delivery.md): nobody comes here. */
  async #answer (answer: Promise<number>, session: Session | undefined): Promise<number> {
    const got: { status?: number } = {}
    answer.then((status) => { got.status = status }, () => { got.status = 0 })
    while (got.status === undefined) {
      await turn()
      if (session?.readyState === 'closing') session.end('closed by server')
    }
    return got.status
  }

  async #open (app: FastifyInstance, which: number): Promise<{ sid: string, send (body: string): Promise<number> }> {
    const dialect = DIALECTS[which]
    if (dialect === undefined) {
      const sid = await handshake(app)
      return { sid, send: async (body) => (await post(app, sid, body)).statusCode }
    }
    const { sid, post: send } = await connectEngine(app, dialect)
    return {
      sid,
      send: async (body) => {
        const bytes = body.startsWith('y')
        return (await send(bytes ? toBytes(body.slice(1)) : body, bytes ? { 'content-type': 'application/octet-stream' } : {})).statusCode
      }
    }
  }

  async close (): Promise<void> {
    await (await this.#app)?.close()
    this.#app = undefined
  }
}

const app = new App()

export const sessionTargets: readonly Target[] = [
  ...(['packets', 'messages'] as const).flatMap((face): Target[] => [
    {
      name: `session of revision 1, ${face}`,
      rule: 'no frame throws into the caller or is logged as an error, the client can read what it is sent, and the session ends once',
      seeds: REVISION_1,
      share: 0.05,
      run: (input) => framesRule(input, openSession({ maxQueueBytes: 1_000_000 }), face, (frame) => revision1.decodePacket(String(frame)))
    },
    ...([3, 4] as const).map((version): Target => ({
      name: `session of engine ${version}, ${face}`,
      rule: 'no frame throws into the caller or is logged as an error, the client can read what it is sent, and the session ends once',
      seeds: ENGINE,
      share: 0.05,
      run: (input) => framesRule(input, openEngineSession({ version }), face, (frame) => decodePacket(frame, version))
    }))
  ]),
  {
    name: 'bodies for the Server',
    rule: 'every body is answered with 200, 400 or 413, nothing is logged as an error, and no session is left',
    seeds: [
      ...REVISION_1.map((frame) => `\x02${frame}`), `\x022::${PART}\ufffd3\ufffd1::\ufffd5\ufffd3:::x`, `\x025:::{"name":"error"}${PART}5:1+::{"name":"n"}`, '\x021::/dynamic-1',
      ...['1:2', '2:40', '9:42["n",1]', '11:420["n","x"]', `9:42["n",1]${PART}y\0\x01\xff2`, 'y\x01\x02\xff\x04a'].map((body) => `\0${body}`),
      ...['3', '40', '40\x1e42["n",1]', '40\x1e420["n","x"]', '40\x1e451-["e",{"_placeholder":true,"num":0}]\x1ebAQ==', '40/chat,\x1e42/chat,1["n"]', '40/dynamic-1,', '42["early"]', '40\x1e41\x1e40'].map((body) => `\x01${body}`)
    ],
    share: 0.03,
    run: (input) => app.run(input),
    close: () => app.close()
  }
]
