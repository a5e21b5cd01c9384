// What a page of the time does with the old client, step by step; the same in Node and in a page. Each step opens clients of its
// own, tells as plain data what it saw, and leaves the judging to the test.
import { acks, ask, broadcast, collect, messages, once, within } from './scenario-waiting.js'

/** The client of 0.9.17 looks for its ActiveX object in the window. */
export function standInForActiveX (window) {
  const { document } = window
  const hosts = new Set()
  // The document of an `htmlfile`, which is never shown, is that of a hidden frame here.
  window.ActiveXObject = function ActiveXObject (name) {
    if (name !== 'htmlfile') throw new Error(`no such object: ${name}`)
    const host = document.createElement('iframe')
    host.hidden = true
    document.documentElement.appendChild(host)
    hosts.add(host)
    const { contentDocument, contentWindow } = host
    contentDocument.parentWindow = contentWindow
    return contentDocument
  }
  // Called when the client has left its frame.
  window.CollectGarbage = () => {
    for (const host of hosts) {
      if (host.contentDocument.querySelector('iframe')) continue
      host.remove()
      hosts.delete(host)
    }
  }
}

/** The steps, for a client that knows no other transport than this one. */
export function createScenario (io, { url, transport, cors = true }) {
  // The option `transports` would not restrict it.
  io.transports = [transport]
  // Browsers without CORS shake hands by JSONP.
  if (!cors) io.util.ua.hasCORS = false
  const opened = []

  function open (path = '') {
    const socket = io.connect(url + path, { 'force new connection': true })
    opened.push(socket)
    return socket
  }

  async function connect (path) {
    const socket = open(path)
    await once(socket, 'connect')
    return socket
  }

  let waiting

  return {
    async connect () {
      const socket = await connect('?room=attic')
      const [seen] = await ask(socket, 'whoami')
      return { here: socket.socket.transport.name, sid: socket.socket.sessionid, seen }
    },

    async messages (texts) {
      return await messages(await connect(), texts)
    },

    async acks (value) {
      const socket = await connect()
      return {
        ...await acks(socket, value),
        sent: await within(new Promise((resolve) => socket.send('q', (...args) => resolve(args))), 'ack of send'),
        toldOfSent: await ask(socket, 'send me', 'q')
      }
    },

    async json (values) {
      const socket = await connect()
      const echoes = collect(socket, 'message', values.length)
      for (const value of values) socket.json.send(value)
      return await echoes
    },

    async bursts (count) {
      const socket = await connect()
      for (let i = 0; i < count; i++) socket.emit('up', i)
      const [up] = await ask(socket, 'burst')
      const down = collect(socket, 'down', count)
      socket.emit('many', count)
      return { up, down: await down }
    },

    async namespaces () {
      const chat = await connect('/chat?token=9')
      const main = chat.of('')
      const [seen] = await ask(chat, 'whoami')
      const [mainSeen] = await ask(main, 'whoami')
      const refused = chat.of('/refused')
      const [reason] = await once(refused, 'connect_failed')
      const silent = []
      for (const name of ['connect', 'connect_failed', 'error', 'disconnect', 'message']) {
        chat.of('/nowhere').on(name, () => silent.push(name))
      }
      await ask(main, 'echo', 'after')
      await ask(main, 'echo', 'and after')
      return { chat: seen, main: mainSeen, reason, silent }
    },

    broadcast: () => broadcast(connect, 'fire'),

    /** Tells whether the client means to come back: it decides that as soon as it has told of the disconnect. */
    async thrownOut () {
      const socket = await connect()
      await ask(socket, 'echo', 'here')
      const gone = once(socket, 'disconnect')
      socket.emit('throw me out')
      const [reason] = await gone
      await new Promise((resolve) => setTimeout(resolve, 0))
      const { connected, connecting, reconnecting } = socket.socket
      return { reason, connected: connected || connecting, reconnecting }
    },

    /**
     * Connects and waits for what `comeBack` tells. A client that is told to connect again during its own POST keeps its goodbye for the next session
     * (docs/restarts.md), so no POST may be under way: a page hears `1::/chat` before its POST of the same is over.
     */
    async beforeRestart () {
      const socket = await connect()
      const chat = socket.of('/chat')
      await once(chat, 'connect')
      while (socket.socket.doBuffer) await new Promise((resolve) => setTimeout(resolve, 5))
      const gone = once(socket, 'disconnect')
      const back = once(socket, 'reconnect')
      const chatBack = gone.then(() => once(chat, 'connect'))
      waiting = { socket, chat, gone, back, chatBack, sid: socket.socket.sessionid }
      return waiting.sid
    },

    async comeBack () {
      const { socket, chat, gone, back, chatBack, sid } = waiting
      await gone
      const [transportNow] = await back
      await chatBack
      const echo = once(socket, 'message')
      socket.send('here again')
      return {
        transport: transportNow,
        newSession: socket.socket.sessionid !== sid,
        echo: await echo,
        chat: await ask(chat, 'echo', 'here too')
      }
    },

    /** Leaves, with every client that the steps have opened. */
    close () {
      for (const socket of opened.splice(0)) socket.socket.disconnect()
    }
  }
}
