// How many sessions one address may have: `maxSessionsPerAddress`, as `trustProxy` sees it.
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import { captureLog, pluginApp } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'

const ENTRANCES = [
  { name: 'revision 1', path: '/socket.io/1/', told: [503, 'handshake overloaded'] },
  { name: 'engine 3', path: '/socket.io/?EIO=3&transport=polling', told: [429, '{"code":4,"message":"Too many sessions"}'] },
  { name: 'engine 4', path: '/socket.io/?EIO=4&transport=polling', told: [429, '{"code":4,"message":"Too many sessions"}'] }
] as const

/** Statuses of handshakes, one after the other. */
async function knock (app: FastifyInstance, url: string, from: readonly { remoteAddress?: string, forwarded?: string }[]): Promise<number[]> {
  const statuses = []
  for (const { remoteAddress = '192.0.2.99', forwarded } of from) {
    const { statusCode } = await app.inject({ url, remoteAddress, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } })
    statuses.push(statusCode)
  }
  return statuses
}

for (const { name, path, told } of ENTRANCES) {
  const [no] = told

  t.test(`${name}: an address may have as many sessions as it may; others are let in all the same`, async (t) => {
    const { lines, logger } = captureLog('info')
    const app = await pluginApp(t, { maxSessionsPerAddress: 2 }, { logger })
    const errors: unknown[] = []
    app.socketio.on('connection_error', ({ code, reason, context }) => errors.push([code, reason, context['address']]))
    const one = { remoteAddress: '192.0.2.1' }
    t.strictSame(await knock(app, path, [one, one]), [200, 200])
    const { statusCode, body, headers } = await app.inject({ url: path, ...one })
    t.strictSame([statusCode, body, headers['retry-after']], [...told, '30'])
    t.strictSame(errors, [[4, 'too many sessions of address', '192.0.2.1']])
    t.match(lines.filter(({ reason }) => reason === 'too many sessions of address'), [{ level: 40, answer: body, address: '192.0.2.1' }])
    t.strictSame(app.socketio.metrics.refused, { 'too many sessions of address': 1 })
    t.strictSame(await knock(app, path, [{ remoteAddress: '192.0.2.2' }]), [200])
    const [first] = app.socketio.sessions.values()
    first?.close()
    if (first?.readyState === 'closing') await app.inject(`${path}&sid=${first.id}`)
    await until(() => app.socketio.sessions.size === 2)
    t.strictSame(await knock(app, path, [one, one]), [200, no], 'when one has ended, another may come')
  })

  t.test(`${name}: an IPv6 network counts as one, and IPv4 is itself by IPv6`, async (t) => {
    const app = await pluginApp(t, { maxSessionsPerAddress: 1 })
    const from = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::1', '2001:db8:0:1::1', '::ffff:192.0.2.1', '192.0.2.1', '::ffff:192.0.2.2', '::1']
    t.strictSame(await knock(app, path, from.map((remoteAddress) => ({ remoteAddress }))), [200, no, no, 200, 200, no, 200, 200])
  })

  t.test(`${name}: behind a proxy it is the client's address, and only where the app trusts the proxy`, async (t) => {
    const from = ['192.0.2.1', '192.0.2.1', '192.0.2.2'].map((forwarded) => ({ forwarded }))
    t.strictSame(await knock(await pluginApp(t, { maxSessionsPerAddress: 1 }, { trustProxy: true }), path, from), [200, no, 200])
    t.strictSame(await knock(await pluginApp(t, { maxSessionsPerAddress: 1 }), path, from), [200, no, no], 'what a client says of itself opens no door')
  })

  t.test(`${name}: a port that a proxy writes behind the address makes no other client of it`, async (t) => {
    for (const [alone, ...others] of [
      ['192.0.2.1', '192.0.2.1:50001', '192.0.2.1:50002', '"192.0.2.1:50003"', '[::ffff:192.0.2.1]:5', '192.0.2.1:'],
      ['2001:db8::1', '[2001:db8::1]:50001', '"[2001:db8::1]:50002"', '[2001:db8::2]', '"[2001:db8::3]"']
    ] as const) {
      const app = await pluginApp(t, { maxSessionsPerAddress: 1 }, { trustProxy: true })
      t.strictSame(await knock(app, path, [alone, ...others].map((forwarded) => ({ forwarded }))), [200, ...others.map(() => no)])
      for (const forwarded of others) {
        const other = await pluginApp(t, {}, { trustProxy: true })
        await knock(other, path, [{ forwarded }])
        t.strictSame([...other.socketio.sessions.values()].map(({ remoteAddress }) => remoteAddress), [forwarded.replace(/["[\]]|(?<=\]|\.\d+):\d*/g, '')])
      }
    }
  })

  t.test(`${name}: it holds while authorize takes its time, and is not used up by those who are refused`, async (t) => {
    let verdict = true
    const app = await pluginApp(t, { maxSessionsPerAddress: 2, authorize: () => new Promise((resolve) => setImmediate(() => resolve(verdict))) })
    const statuses = await Promise.all(Array.from({ length: 6 }, async () => (await app.inject(path)).statusCode))
    t.strictSame(statuses.sort(), [200, 200, no, no, no, no])
    verdict = false
    const other = { remoteAddress: '192.0.2.7' }
    t.strictSame(await knock(app, path, [other, other, other]), [403, 403, 403])
    verdict = true
    t.strictSame(await knock(app, path, [other, other, other]), [200, 200, no])
  })
}

t.test('without the option one address may have them all', async (t) => {
  const app = await pluginApp(t)
  t.strictSame(new Set(await knock(app, '/socket.io/1/', Array(50).fill({}))), new Set([200]))
})
