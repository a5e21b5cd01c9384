// What programs do with the clients since 1.0, step by step; the same in Node and in a page, with the client of any generation. Each
// step opens clients of its own, tells as plain data what it saw, and leaves the judging to the test.
import { acks, ask, broadcast, collect, messages, once, within } from './scenario-waiting.js'

const hasBuffer = typeof Buffer !== 'undefined'

/** Bytes as programs have them where this runs. */
const bytes = (values) => hasBuffer ? Buffer.from(values) : Uint8Array.from(values).buffer

function bytesOf (x) {
  if (x instanceof ArrayBuffer) return Array.from(new Uint8Array(x))
  return ArrayBuffer.isView(x) ? Array.from(new Uint8Array(x.buffer, x.byteOffset, x.byteLength)) : undefined
}

/** The value with `{ bytes: [...] }` for all that is binary in it: it leaves the page as JSON. */
export function plain (x) {
  const found = bytesOf(x)
  if (found) return { bytes: found }
  if (Array.isArray(x)) return x.map(plain)
  if (typeof x === 'object' && x !== null) return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, plain(value)]))
  return x
}

/** The value with bytes for each `{ bytes: [...] }`. */
export function binary (x) {
  if (Array.isArray(x)) return x.map(binary)
  if (typeof x !== 'object' || x === null) return x
  if (Array.isArray(x.bytes)) return bytes(x.bytes)
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, binary(value)]))
}

/** The steps, for a client with these transports; two of them: it upgrades. */
export function createScenario (io, { url, transports, jsonp = false }) {
  const last = transports.at(-1)
  const opened = []

  function open (path = '', options = {}) {
    const socket = io(url + path, {
      transports, forceNew: true, forceJSONP: jsonp, reconnectionDelay: 20, reconnectionDelayMax: 100, ...options
    })
    opened.push(socket)
    return socket
  }

  async function connect (path, options) {
    const socket = open(path, options)
    await once(socket, 'connect')
    return socket
  }

  /** Waits for the end of the upgrade where there is one. */
  async function settled (socket) {
    const { engine } = socket.io
    if (engine.transport.name !== last) await once(engine, 'upgrade')
    return socket
  }

  let waiting

  return {
    async connect () {
      const socket = await settled(await connect('', { query: { room: 'attic' } }))
      const [seen] = await ask(socket, 'whoami')
      return { here: socket.io.engine.transport.name, sid: socket.id, seen }
    },

    /** Asks for the first thing that is not ASCII before it has sent any. */
    async greeting () {
      const socket = await connect()
      return (await ask(socket, 'greeting'))[0]
    },

    async messages (texts) {
      return await messages(await settled(await connect()), texts)
    },

    async acks (value) {
      return await acks(await settled(await connect()), value)
    },

    /** `value` has bytes in it: in an event and its acknowledgement, from here and from there. */
    async binary (value) {
      const socket = await settled(await connect())
      socket.on('ask', (x, answer) => answer(x, bytes([7])))
      const [seen, echo] = await ask(socket, 'bytes', binary(value))
      const [asked] = await ask(socket, 'ask me', binary(value))
      const message = once(socket, 'message')
      socket.send(binary(value))
      return { seen, echo: plain(echo), asked: plain(asked), message: plain(await message) }
    },

    /** Not settled: with an upgrade, it happens meanwhile. Every 20th has bytes. */
    async bursts (count) {
      const socket = await connect()
      const down = collect(socket, 'down', count)
      socket.emit('many', count, 20)
      for (let i = 0; i < count; i++) socket.emit('up', i % 20 ? i : bytes([i]))
      const [up] = await ask(socket, 'burst')
      await settled(socket)
      return { up: plain(up), down: plain(await down) }
    },

    async namespaces () {
      const chat = await connect('/chat')
      const refused = open('/refused')
      // Until 2.x there is one event for all errors.
      const reason = await within(new Promise((resolve) => refused.on('error', resolve).on('connect_error', resolve)), 'refusal')
      const [seen] = await ask(chat, 'whoami')
      return { chat: seen.nsp, reason: reason.message ?? reason }
    },

    broadcast: () => broadcast(connect, 'fire 🔥'),

    /** Tells whether the client means to come back: it decides that as soon as it has told of the disconnect. */
    async thrownOut () {
      const socket = await settled(await connect())
      const gone = once(socket, 'disconnect')
      socket.emit('throw me out')
      const [reason] = await gone
      await new Promise((resolve) => setTimeout(resolve, 0))
      return { reason, connected: socket.connected, reconnecting: Boolean(socket.io.reconnecting ?? socket.io._reconnecting) }
    },

    /** The server closes the connection, and stays. */
    async dropped () {
      const socket = await settled(await connect())
      const { id } = socket
      const gone = once(socket, 'disconnect')
      const back = gone.then(() => once(socket, 'connect'))
      socket.emit('drop me')
      const [reason] = await gone
      await back
      await settled(socket)
      return { reason, newSession: socket.id !== id, echo: await ask(socket, 'echo', 'again') }
    },

    /** Connects and waits for what `comeBack` tells. */
    async beforeRestart () {
      const socket = await settled(await connect())
      const chat = socket.io.socket('/chat')
      opened.push(chat)
      await once(chat, 'connect')
      const gone = once(socket, 'disconnect')
      const back = gone.then(() => once(socket, 'connect'))
      const chatBack = once(chat, 'disconnect').then(() => once(chat, 'connect'))
      waiting = { socket, chat, back, chatBack, sid: socket.id }
      return waiting.sid
    },

    async comeBack () {
      const { socket, chat, back, chatBack, sid } = waiting
      await Promise.all([back, chatBack])
      await settled(socket)
      const echo = once(socket, 'message')
      socket.send('here again 🏠')
      return {
        transport: socket.io.engine.transport.name,
        newSession: socket.id !== sid,
        echo: await echo,
        chat: await ask(chat, 'echo', 'here too')
      }
    },

    /** Leaves, with every client that the steps have opened. */
    close () {
      for (const socket of opened.splice(0)) socket.close()
    }
  }
}
