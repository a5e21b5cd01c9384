// What sessions keep of large handshakes: headers and query are there for the official Server as long as the session is.
import t from 'tap'
import { pluginApp } from '../kit/servers/app.js'

const names = (count: number): string => Array.from({ length: count }, (_, i) => `&n${i}`).join('')
/** Each name takes 64 bytes beside its characters, which are there twice; the first 8 KiB are free. */
const LARGE = names(1000)

for (const [dialect, url, status] of [['revision 1', '/socket.io/1/?t=1', 503], ['engine 3', '/socket.io/?EIO=3&transport=polling', 503], ['engine 4', '/socket.io/?EIO=4&transport=polling', 503]] as const) {
  t.test(`${dialect}: large handshakes count, and are refused once half of maxTotalQueueBytes is in use; ordinary ones are not`, async (t) => {
    const app = await pluginApp(t, { maxTotalQueueBytes: 400_000 })
    const counted: number[] = []
    let answer = await app.inject(url + LARGE)
    while (answer.statusCode === 200) {
      counted.push(app.socketio.metrics.queuedBytes)
      answer = await app.inject(url + LARGE)
    }
    t.ok(counted.length > 1 && counted.length < 6, `${counted.length} sessions: ${counted.join()} bytes`)
    t.ok((counted[0] ?? 0) > 50_000 && (counted[0] ?? 0) < 120_000)
    t.match(answer, { statusCode: status, headers: { 'retry-after': '30' } })
    t.equal((await app.inject(url)).statusCode, 200, 'an ordinary one')
    for (const session of [...app.socketio.sessions.values()]) session.close()
    await app.inject(url)
    t.ok(app.socketio.metrics.refused['too many sessions'] === 1)
  })
}

t.test('many headers count as a query does', async (t) => {
  const app = await pluginApp(t, {})
  const headers = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, 'y'.repeat(20)]))
  t.equal((await app.inject({ url: '/socket.io/?EIO=4&transport=polling', headers })).statusCode, 200)
  t.ok(app.socketio.metrics.queuedBytes > 15_000, String(app.socketio.metrics.queuedBytes))
  t.equal((await app.inject('/socket.io/?EIO=4&transport=polling')).statusCode, 200)
  t.ok(app.socketio.metrics.queuedBytes < 40_000, 'an ordinary handshake is nothing')
})
