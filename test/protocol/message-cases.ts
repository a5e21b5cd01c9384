// Messages in both dialects of Engine.IO, against an application that sends them back.
import type { Test } from 'tap'
import type { HttpEndpoint } from '../kit/engine-io/http-endpoint.js'
import { SUITE } from './suite-app.js'
import { opened } from '../kit/websocket.js'

const TEXTS = ['', ' ', '"quoted" \\ and \\n', 'new\nline\r\n\t', '</script><!--', '1:2', 'ünïcödé 漢字', '😀 👩‍👩‍👧', '\u2028\u2029', '\ufffd', '\u0000', 'x'.repeat(100_000)]
const upTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `4${i}`)

/** @param endpoint whose heartbeat is slower than the test, so that nothing else ends a session */
export function messageCases (t: Test, endpoint: () => HttpEndpoint): void {
  t.test('messages over polling', async (t) => {
    const body = (...packets: string[]): string => endpoint().dialect.body(...packets)

    await t.test('one text comes back', async (t) => {
      const session = await endpoint().poll()
      const post = await session.send('4hello')
      t.equal(post.status, 200)
      t.equal(post.body, 'ok')
      const poll = await session.get()
      t.equal(poll.status, 200)
      t.equal(poll.body, body('4hello'))
    })

    await t.test('several texts of one body come back in one body', async (t) => {
      const session = await endpoint().poll()
      t.equal((await session.send('4test1', '4test2', '4test3')).body, 'ok')
      t.equal((await session.get()).body, body('4test1', '4test2', '4test3'))
    })

    await t.test('a poll that is open is answered when there is something to say', async (t) => {
      const session = await endpoint().poll()
      const poll = await session.park()
      await session.send('4now')
      t.strictSame(await poll.answer, { status: 200, body: body('4now') })
    })

    await t.test('texts of any characters come back', async (t) => {
      const session = await endpoint().poll()
      for (const text of TEXTS) {
        await session.send(`4${text}`)
        t.strictSame(endpoint().dialect.packets((await session.get()).bytes), [`4${text}`])
      }
    })

    await t.test('two hundred texts keep their order', async (t) => {
      const session = await endpoint().poll()
      await session.send(...upTo(200))
      t.equal((await session.get()).body, body(...upTo(200)))
    })

    await t.test('a body that is no payload ends the session', async (t) => {
      const session = await endpoint().poll()
      // engine.io may break the connection instead of answering.
      const status = await session.post('abc').then(({ status }) => status, () => 400)
      t.equal(status, 400)
      t.equal((await session.get()).status, 400)
    })

    await t.test('a body above maxPayload is refused', async (t) => {
      const session = await endpoint().poll()
      t.equal((await session.send(`4${'x'.repeat(SUITE.maxPayload)}`)).status, 413)
    })

    await t.test('a poll that its client gives up ends the session', async (t) => {
      const session = await endpoint().poll()
      await (await session.park()).giveUp()
      t.equal((await session.get()).status, 400)
      const { status, body } = await session.get()
      t.equal(status, 400)
      t.match(JSON.parse(body), { code: 1 }) // whatever the first poll was refused for, there is no session now
    })

    await t.test('a second poll beside an open one ends the session', async (t) => {
      const session = await endpoint().poll()
      const first = await session.park()
      const second = await session.get()
      t.strictSame(await first.answer, { status: 200, body: body('1') })
      t.ok([400, 500].includes(second.status), `status ${second.status}`)
      t.equal((await session.get()).status, 400)
    })
  })

  t.test('messages over WebSocket', async (t) => {
    const open = () => opened(endpoint().url('websocket'))

    await t.test('a text comes back', async (t) => {
      const { wire } = await open()
      wire.send('4hello')
      t.equal(await wire.next(), '4hello')
      wire.close()
    })

    await t.test('texts of any characters come back, in order', async (t) => {
      const { wire } = await open()
      const packets = [...TEXTS.map((text) => `4${text}`), ...upTo(200)]
      wire.send(...packets)
      t.strictSame(await wire.take(packets.length), packets)
      wire.close()
    })

    await t.test('a message that is no packet closes it', async () => {
      const { wire } = await open()
      wire.send('abc')
      await wire.closed
    })

    await t.test('a message above maxPayload closes it with the code that says so', async (t) => {
      const { wire } = await open()
      wire.send(`4${'x'.repeat(SUITE.maxPayload)}`)
      t.equal(await wire.closed, 1009)
    })
  })
}
