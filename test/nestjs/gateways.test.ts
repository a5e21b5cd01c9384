// An application with gateways, guards, pipes, interceptors and exception filters: what clients see is the same on the adapter and on Nest's own.
import t from 'tap'
import type { Test } from 'tap'
import { hear, join4 } from '../kit/official-clients.js'
import { inTime } from '../kit/waiting.js'
import { classOfApp, ours, startNest, stock } from './nest-app.js'
import type { AdapterOf } from './nest-app.js'

/** Everything that clients hear of the application, in order. */
async function tour (t: Test, adapter: AdapterOf): Promise<unknown[]> {
  const { app, url } = await startNest(t, { adapter })
  const seen: unknown[] = []
  const note = async (name: string, promise: Promise<unknown>): Promise<void> => { seen.push([name, await inTime(promise, name)]) }

  const events = await join4(t, url)
  await note('an acknowledgement by return', events.emitWithAck('sum', [1, 2, 3]))
  await note('one of a promise', events.emitWithAck('later', 'today'))
  const echoed = hear(events, 'echoed')
  for (const args of [[], ['a'], [['a']], ['a', 'b'], [null], [{ a: 1 }], [Buffer.from('bytes')]]) {
    events.emit('echo', ...args)
    await note(`an event with ${args.length} arguments`, echoed())
  }
  const numbers = hear(events, 'number')
  events.emit('count', 3)
  for (let i = 0; i < 3; i++) await note('a value of an Observable', numbers())
  const [sent, news] = [hear(events, 'sent'), hear(events, 'news')]
  events.emit('everyone', { text: 'hello' })
  await note('the Server sends', news())
  await note('the socket sends', sent())

  const chat = await join4(t, `${url}/chat`, { auth: { token: 'secret' } })
  const exceptions = hear(chat, 'exception')
  const said = hear(chat, 'said')
  await note('a pipe makes the class', chat.emitWithAck('say', { text: 'hi' }))
  await note('the namespace sends', said())
  await note('an interceptor', chat.emitWithAck('shout', { text: 'hi' }))
  await note('an acknowledgement by hand', chat.emitWithAck('by hand', { text: 'hi' }))
  await note('the first value', chat.emitWithAck('values'))
  for (const [event, data] of [['say', { text: 1 }], ['say', { text: 'x'.repeat(21) }], ['brew'], ['fail']] as const) {
    chat.emit(event, data)
    await note(`an exception of ${event}`, exceptions())
  }
  const stranger = await join4(t, `${url}/chat`, { query: { token: 'wrong' } })
  const refusals = hear(stranger, 'exception')
  stranger.emit('say', { text: 'hi' })
  await note('a guard', refusals())

  for (const room of [1, 22]) await note('a dynamic namespace', (await join4(t, `${url}/room-${room}`)).emitWithAck('where'))
  for (const path of ['/room-x', '/other']) await note('no namespace', join4(t, url + path).then(() => 'connected', (error: unknown) => String(error)))
  await note('a middleware', join4(t, url, { query: { refuse: '1' } }).then(() => 'connected', (error: unknown) => String(error)))
  await note('a second path', (await join4(t, url, { path: '/admin' })).emitWithAck('who'))
  await note('a route', fetch(`${url}/health`).then((response) => response.text()))

  await app.close()
  const { events: hooks } = app.get<{ events: string[] }>(await classOfApp(t, 'rooms.service', 'RoomsService'))
  seen.push(['hooks', hooks])
  return seen
}

t.test('what clients see is what they see on the stock adapter', async (t) => {
  const here = await tour(t, ours())
  t.strictSame(here, await tour(t, stock))
  t.match(here, [
    ['an acknowledgement by return', 6],
    ['one of a promise', 'later today'],
    ['an event with 0 arguments', [null]]
  ])
  t.match(Object.fromEntries(here as [string, unknown][]), {
    'a value of an Observable': [2],
    'a pipe makes the class': 'MessageDto of /chat',
    'an interceptor': 'HI',
    'an acknowledgement by hand': 'by hand: hi',
    'the first value': 'first',
    'an exception of brew': [{ status: 'teapot', message: 'short and stout' }],
    'an exception of fail': [{ status: 'error', message: 'Internal server error' }],
    'an exception of say': [{ status: 'error', message: 'wrong: text' }],
    'a guard': [{ status: 'error', message: 'wrong token' }],
    'a dynamic namespace': '/room-22',
    'no namespace': 'Error: Invalid namespace',
    'a middleware': 'Error: refused by a middleware',
    'a second path': { context: null },
    'a route': 'ok',
    hooks: ['init true', 'connect /', 'disconnect /']
  })
})
