// How many packets a payload may hold: `maxPackets`, in every form that payloads come in.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { captureLog, pluginApp } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { toForm, toPayload } from '../kit/revision-1/payload.js'
import { OPTIONS } from './body-routes.js'
import { ENGINE_3, ENGINE_4 } from '../kit/engine-io/payload.js'

type Send = (payload: string[]) => Promise<LightMyRequestResponse>

interface Form {
  name: string
  /** A session, and what POSTs packets in this form. */
  connect (app: FastifyInstance): Promise<Send>
  packet (text: string): string
  /** How it answers. */
  told: { taken: [number, string], refused: [number, string] }
}

const REVISION_1 = { taken: [200, '1'], refused: [413, 'too many packets'] } as const
const ENGINE = { taken: [200, 'ok'], refused: [413, '{"code":3,"message":"Too many packets"}'] } as const

const revision1 = (name: string): Form => ({
  name: `revision 1, ${name}`,
  packet: (text) => `3:::${text}`,
  told: { taken: [...REVISION_1.taken], refused: [...REVISION_1.refused] },
  async connect (app) {
    const sid = await connectPolling(app)
    // Whatever the session's transport is, packets may come under the name of any.
    const wrap = name === 'jsonp-polling' ? toForm : (payload: string) => payload
    return (packets) => app.inject({ method: 'POST', url: `/socket.io/1/${name}/${sid}`, payload: wrap(toPayload(packets)) })
  }
})

/** `0`, the decimal digits of the length, 255, the packet. */
const toBytes = (packets: string[]): Buffer => Buffer.concat(packets.map((packet) => {
  return Buffer.concat([Buffer.from([0, ...String(packet.length).split('').map(Number), 255]), Buffer.from(packet)])
}))

const engine = (dialect: typeof ENGINE_3, name: string, type: string, body: (packets: string[]) => string | Buffer, query = ''): Form => ({
  name: `engine ${dialect.eio}, ${name}`,
  packet: (text) => `42["message","${text}"]`,
  told: { taken: [...ENGINE.taken], refused: [...ENGINE.refused] },
  async connect (app) {
    const { url } = await connectEngine(app, dialect)
    return (packets) => app.inject({ method: 'POST', url: url + query, payload: body(packets), headers: { 'content-type': type } })
  }
})

const FORM_TYPE = 'application/x-www-form-urlencoded'
const form = (body: (...packets: string[]) => string) => (packets: string[]): string => `d=${encodeURIComponent(body(...packets))}`

const FORMS: readonly Form[] = [
  ...['xhr-polling', 'jsonp-polling', 'htmlfile', 'xhr-multipart'].map(revision1),
  engine(ENGINE_3, 'text', 'text/plain;charset=UTF-8', (packets) => ENGINE_3.body(...packets)),
  engine(ENGINE_3, 'binary', 'application/octet-stream', toBytes),
  engine(ENGINE_3, 'a form', FORM_TYPE, form(ENGINE_3.body), '&j=0'),
  engine(ENGINE_4, 'text', 'text/plain;charset=UTF-8', (packets) => ENGINE_4.body(...packets)),
  engine(ENGINE_4, 'a form', FORM_TYPE, form(ENGINE_4.body), '&j=0')
]

async function setUp (t: Teardown, form: Form, maxPackets?: number) {
  const { lines, logger } = captureLog('info')
  const app = await pluginApp(t, { ...OPTIONS, ...(maxPackets && { maxPackets }) }, { logger })
  const heard: string[] = []
  const told: string[] = []
  app.socketio.on('connection', (socket) => socket.on('packet', (packet) => { if (packet.type === 'message') heard.push(packet.data) }))
  app.socketio.on('connection_error', ({ reason }) => told.push(reason))
  const post = await form.connect(app)
  const send = async (count: number): Promise<[number, string]> => {
    const { statusCode, body } = await post(numbers(count).map(form.packet))
    return [statusCode, body]
  }
  return { app, lines, heard, told, send, post }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

for (const form of FORMS) {
  const { name, told: { taken, refused } } = form

  t.test(`${name}: a payload may hold maxPackets; of one with more nothing is heard, and the session goes on`, async (t) => {
    const { app, lines, heard, told, send } = await setUp(t, form, 5)
    for (const count of [1, 4, 5]) {
      t.strictSame(await send(count), taken)
      t.strictSame(heard.splice(0), numbers(count))
    }
    for (const count of [6, 7, 500]) t.strictSame(await send(count), refused, String(count))
    t.strictSame(heard, [])
    t.strictSame(told, ['too many packets', 'too many packets', 'too many packets'])
    t.match(app.socketio.metrics, { refused: { 'too many packets': 3 }, ended: {} })
    t.strictSame(lines.filter(({ reason }) => reason === 'too many packets').map(({ level, answer }) => [level, answer]), Array(3).fill([40, refused[1]]))
    t.strictSame(await send(5), taken)
    t.strictSame(heard, numbers(5))
  })

  t.test(`${name}: a single packet is none too many where one may be`, async (t) => {
    const { heard, send } = await setUp(t, form, 1)
    t.strictSame([await send(1), await send(2), await send(1)], [taken, refused, taken])
    t.strictSame(heard, ['0', '0'])
  })

  t.test(`${name}: by default ten thousand packets may come at once`, async (t) => {
    const { heard, send } = await setUp(t, form)
    t.strictSame(await send(10_000), taken)
    t.equal(heard.splice(0).join(), numbers(10_000).join())
    t.strictSame(await send(10_001), refused)
    t.strictSame(heard, [])
  })
}

t.test('what cannot be read beyond too many packets is not read at all: the session goes on', async (t) => {
  for (const [form, rest] of [[FORMS[0], '\ufffd?'], [FORMS[4], '?'], [FORMS[7], '\x1e?']] as const) {
    if (form === undefined) throw new Error('no such form')
    const { post, told, app } = await setUp(t, form, 2)
    const packets = numbers(3).map(form.packet)
    const { statusCode } = await post([...packets.slice(0, 2), packets[2] + rest])
    t.equal(statusCode, 413, form.name)
    t.strictSame(told, ['too many packets'])
    t.equal(app.socketio.sessions.size, 1)
  }
})
