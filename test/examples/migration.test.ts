// The examples of the migration pages, each with the clients that its page is about.
import { readFileSync } from 'node:fs'
import { io as connectToday } from 'socket.io-client'
import t from 'tap'
import { ask as askAll, connect09, connectOfficial, hear, next } from '../kit/official-clients.js'
import type { Socket09 } from '../kit/official-clients.js'
import { startExample, startPrintingExample } from '../kit/servers/example.js'
import { freePort } from '../kit/machine/free-port.js'

type Client = Pick<Socket09, 'on' | 'once' | 'emit' | 'disconnect'>

/** The first argument of the acknowledgement. */
const ask = async (client: Client, event: string, ...args: unknown[]): Promise<unknown> => (await askAll(client, event, ...args))[0]
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const EXAMPLES = {
  'fastify-socket.io': ['fastify-socket.io', 'express-session'],
  'gevent-socketio': ['gevent-socketio'],
  'socket.io-0.9': ['socket.io-0.9'],
  'socket.io-by-hand': ['by-hand', 'sticky']
}
for (const [page, names] of Object.entries(EXAMPLES)) {
  t.test(`docs/migrate-from-${page}.md shows its examples as they are`, async (t) => {
    for (const name of names) t.ok(read(`docs/migrate-from-${page}.md`).includes('```js\n' + read(`examples/migration/${name}.js`) + '```'), name)
  })
}

t.test('the application of fastify-socket.io', async (t) => {
  const { port, stop } = await startExample('migration/fastify-socket.io.js')
  t.teardown(stop)
  const url = `http://127.0.0.1:${port}`
  const options = { path: '/live', query: { name: 'ada' }, forceNew: true, reconnection: false }
  const clients: [Client, Client] = [connectToday(url, options), connectOfficial(2, url, ['polling', 'websocket'], options) as Client]
  t.teardown(() => { for (const client of clients) client.disconnect() })
  const [today, of2] = clients
  await Promise.all(clients.map((client) => next(client, 'connect')))

  const heard = next(of2, 'chat')
  t.equal(await ask(today, 'chat', 'hi'), 'ok')
  t.same(await heard, ['ada', 'hi'])

  const hellos = Promise.all(clients.map((client) => next(client, 'hello')))
  t.equal(await (await fetch(`${url}/hello?text=all`)).text(), 'said')
  t.same(await hellos, [['all'], ['all']])

  const nameless = await fetch(`${url}/live/?EIO=4&transport=polling`)
  t.equal(nameless.status, 403)
  t.same(await nameless.json(), { code: 4, message: 'a name, please' })

  const lines: string[] = []
  for (const client of clients) client.on('bye', () => lines.push('bye'))
  const reasons = Promise.all(clients.map((client) => next(client, 'disconnect')))
  t.equal(await stop(), 0)
  t.same(await reasons, [['io server disconnect', undefined], ['io server disconnect']])
  t.same(lines, ['bye', 'bye'])
})

t.test('the application of a socket.io 0.9 server', async (t) => {
  const { port, stop } = await startExample('migration/socket.io-0.9.js')
  t.teardown(stop)
  const url = `http://127.0.0.1:${port}`
  t.equal((await fetch(`${url}/socket.io/1/`)).status, 403, 'authorize refuses who has no token')

  const connect = async (transport: string): Promise<Socket09> => {
    const client = connect09(`${url}?token=secret`, transport)
    t.teardown(() => client.socket.disconnect())
    await next(client, 'connect')
    return client
  }
  const [grace, ada] = [await connect('websocket'), await connect('xhr-polling')]
  t.same(await ask(grace, 'join', 'attic', 'grace'), ['grace'])
  t.same([...await ask(ada, 'join', 'attic', 'ada') as string[]].sort(), ['ada', 'grace'])

  const heard = next(grace, 'said')
  ada.emit('say', 'attic', 'é')
  t.same(await heard, ['ada', 'é'])

  const today = connectToday(url, { query: { token: 'secret' }, forceNew: true })
  t.teardown(() => today.disconnect())
  t.ok((await ask(today, 'join', 'attic', 'new') as string[]).includes('ada'), 'a client of today is in the same room')

  const admin = connect09(`${url}/admin?token=secret&pin=1234`, 'xhr-polling', { reconnect: true })
  t.teardown(() => admin.socket.disconnect())
  t.same(await next(admin, 'message'), [{ clients: 4 }])
  t.same(await next(ada.socket.of('/admin'), 'connect_failed'), ['unauthorized'], 'refusals have one word in the old protocol')
})

t.test('the application of a gevent-socketio server', async (t) => {
  const { port, stop } = await startExample('migration/gevent-socketio.js')
  t.teardown(stop)
  t.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'hello')
  for (const transport of ['websocket', 'xhr-polling']) {
    const connect = async (): Promise<Socket09> => {
      const client = connect09(`http://127.0.0.1:${port}/chat`, transport)
      t.teardown(() => client.socket.disconnect())
      t.same(await next(client, 'welcome'), ['choose a nickname'])
      return client
    }
    const [ada, bob] = [await connect(), await connect()]
    const denied = next(ada, 'error')
    ada.emit('say', 'attic', 'too early')
    t.same(await denied, ['method_access_denied', 'You do not have access to "say"'])

    const heard = hear(ada, 'announcement')
    ada.emit('error', null) // it is no refusal of `socket.use`
    t.same(await askAll(ada, 'nickname', 'ada'), [true, 'ada'])
    t.same(await askAll(bob, 'nickname', 'bob'), [true, 'bob'])
    t.same(await askAll(ada, 'join', 'attic'), ['attic'])
    t.same(await askAll(bob, 'join', 'attic'), ['attic'])
    t.same([await heard(), await heard(), await heard()], [['ada is here'], ['bob is here'], ['bob joined attic']])

    const said = next(ada, 'said')
    bob.emit('say', 'attic', 'é')
    t.same(await said, ['bob', 'é'])
    const message = next(bob, 'message')
    ada.send('all')
    t.same(await message, ['all'])
    bob.disconnect()
    t.same(await heard(), ['bob has left'])
  }
})

/** Of its module `socketio.transports`. */
const CLASSES = {
  BaseTransport: ['__init__', 'write', 'start_response'],
  XHRPollingTransport: ['__init__', 'options', 'get', '_request_body', 'post', 'get_messages_payload', 'encode_payload', 'decode_payload', 'do_exchange'],
  JSONPolling: ['__init__', '_request_body', 'write'],
  XHRMultipartTransport: ['__init__', 'do_exchange', 'get'],
  WebsocketTransport: ['do_exchange'],
  FlashSocketTransport: [],
  HTMLFileTransport: ['__init__', 'write_packed', 'write', 'do_exchange', 'get']
}

t.test('docs/migrate-from-gevent-socketio.md has each class and method of its transports, and names that are in the files', async (t) => {
  const page = read('docs/migrate-from-gevent-socketio.md')
  const [, table = ''] = page.split('## The module transports')
  for (const [name, methods] of Object.entries(CLASSES)) {
    const cells = table.split('\n').filter((line) => line.startsWith(`| \`${name}`)).map((line) => line.split(' |')[0] ?? '')
    const named = cells.flatMap((cell) => [...cell.matchAll(/`(?:\w+\.)?(\w+)`/g)].map(([, method = '']) => method)).filter((method) => method !== name)
    t.strictSame(named.sort(), [...methods].sort(), name)
    t.ok(cells.length > 0, name)
  }
  const places = [...page.matchAll(/`(src\/[\w/.-]+)`(?: \(((?:`\w+`(?:, )?)+)\))?/g)]
  t.ok(places.length > 20)
  for (const [all, path = '', names = ''] of places) {
    const source = read(path)
    t.strictSame([...names.matchAll(/\w+/g)].filter(([name]) => !new RegExp(`\\b${name}\\b`).test(source)), [], all)
  }
})

t.test('the application that had made its Server by hand', async (t) => {
  const { port, stop } = await startExample('migration/by-hand.js')
  t.teardown(stop)
  const url = `http://localhost:${port}`
  const login = await fetch(`${url}/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user: 'ada' })
  })
  const cookie = String(login.headers.get('set-cookie')).split(';')[0]
  for (const transport of ['websocket', 'polling']) {
    const client = connectToday(url, { path: '/live', transports: [transport], forceNew: true, reconnection: false, extraHeaders: { cookie: String(cookie) } })
    t.teardown(() => client.disconnect())
    t.same(await next(client, 'you are'), ['ada'])
  }
  t.equal((await fetch(`${url}/live/?EIO=4&transport=polling`)).status, 403, 'without the cookie nobody is let in')
})

t.test('the application with express-session', async (t) => {
  const { port, stop } = await startExample('migration/express-session.js')
  t.teardown(stop)
  const url = `http://localhost:${port}`
  const { headers } = await fetch(`${url}/socket.io/?EIO=4&transport=polling`)
  const cookie = String(headers.get('set-cookie')).split(';')[0] ?? ''
  for (const [i, transport] of ['websocket', 'polling', 'websocket'].entries()) {
    const client = connectToday(url, { transports: [transport], forceNew: true, reconnection: false, extraHeaders: { cookie } })
    t.teardown(() => client.disconnect())
    t.same(await next(client, 'visits'), [i + 1])
  }
})

t.test('the application with several processes', async (t) => {
  const { url } = await startPrintingExample(t, 'migration/sticky.js', [], { PORT: String(await freePort()) })
  const clients: Client[] = []
  t.teardown(() => { for (const client of clients) client.disconnect() })
  for (const transports of [['polling'], ['polling'], ['polling', 'websocket'], ['polling', 'websocket']]) {
    const client = connectToday(url, { transports, forceNew: true })
    clients.push(client)
    await next(client, 'connect') // each goes to the process that has fewer
  }
  const pids = new Set<unknown>()
  for (const [i, speaker] of clients.entries()) {
    const heard = Promise.all(clients.map((client) => next(client, 'said')))
    speaker.emit('say', i)
    for (const [text, pid] of await heard) {
      t.equal(text, i)
      pids.add(pid)
    }
  }
  t.equal(pids.size, 2, 'both processes have clients')
})
