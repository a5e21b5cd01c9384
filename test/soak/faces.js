// The application, three times: on decoded packets, on the official Server, and on Engine.IO's messages as they come. Each is served on a path
// of its own. Whatever carries them, messages are checked and answered in one place.
import socketioTransports from 'fastify-socketio-transports'

const TRANSPORTS = ['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling', 'polling']

/** Those who are connected on one path. */
class Room {
  /** How many broadcasts there have been. */
  broadcasts = 0
  #volatiles = 0
  #members = new Set()
  #tools
  #toAll

  /** @param toAll says something to all; without, it is said to one after another */
  constructor (tools, toAll = (text, options) => { for (const { say } of this.#members) say(text, options) }) {
    this.#tools = tools
    this.#toAll = toAll
  }

  broadcast (filling) {
    this.#toAll(`b${++this.broadcasts} ${filling}`, {})
  }

  /** Numbered apart, since each may be missing. */
  broadcastVolatile (filling) {
    this.#toAll(`v${++this.#volatiles} ${filling}`, { volatile: true })
  }

  /** A client that can be told something: returns what is to be done with its messages, and when it has left. */
  join (say, end) {
    const member = { say, end, heard: 0, said: 0 }
    this.#members.add(member)
    return {
      hear: (message) => this.#hear(member, message),
      leave: () => {
        this.#members.delete(member)
        this.#tools.mischief.left(member)
      }
    }
  }

  /** Messages are numbered: `u1 …`; so is what is said to each: `e1`, the number of broadcasts before it, and the message. */
  #hear (member, message) {
    const { tally, mischief } = this.#tools
    const start = typeof message === 'string' ? message.slice(0, 20) : message.toString('latin1', 0, 20)
    if (start === 'end') return member.end()
    tally.heard++
    if (!start.startsWith(`u${++member.heard} `)) tally.faults.push(`the server heard ${start} as message ${member.heard}`)
    const head = `e${++member.said} ${this.broadcasts} `
    const answer = typeof message === 'string' ? head + message : Buffer.concat([Buffer.from(head), message])
    for (let times = mischief.times(tally.heard); times > 0; times--) member.say(answer)
  }
}

const FACES = {
  packets: {
    options: {},
    serve ({ socketio }, tools) {
      const room = new Room(tools)
      socketio.on('connection', (socket) => {
        const say = (data, options) => socket.send(typeof data === 'string' ? { type: 'message', data } : { type: 'event', name: 'binary', args: [data] }, options)
        const { hear, leave } = room.join(say, () => socket.close())
        socket.on('close', leave).on('packet', (packet) => {
          if (packet.type === 'message') hear(packet.data)
          else if (packet.type === 'event') hear(packet.args[0])
        })
      })
      return room
    }
  },
  raw: {
    options: { dialects: ['engine 3', 'engine 4'] },
    serve ({ socketio }, tools) {
      const room = new Room(tools)
      socketio.on('connection', (socket) => {
        const { hear, leave } = room.join((data, options) => socket.write(data, options), () => socket.close())
        socket.on('close', leave).on('data', hear)
      })
      return room
    }
  },
  server: {
    options: { io: {} },
    serve ({ io }, tools) {
      const room = new Room(tools, (text, { volatile }) => (volatile ? io.volatile : io).emit('message', text))
      io.on('connection', (socket) => {
        const say = (data) => typeof data === 'string' ? socket.send(data) : socket.emit('binary', data)
        const { hear, leave } = room.join(say, () => socket.disconnect(true))
        socket.on('disconnect', leave).on('message', hear).on('binary', hear)
      })
      return room
    }
  }
}

/** A registration for each. */
export const FACE_COUNT = Object.keys(FACES).length

/** Serves all; returns the engines and the rooms. `tools`: a tally, and what is to go wrong on purpose. `clusters`: one for each face, with several nodes. */
export async function serveFaces (app, options, tools, clusters = []) {
  const engines = []
  const rooms = []
  for (const [i, [name, face]] of Object.entries(FACES).entries()) {
    await app.register(async (scope) => {
      await scope.register(socketioTransports, { path: `/${name}`, transports: TRANSPORTS, logSessionIds: 'whole', ...options, ...face.options, ...(clusters[i] && { cluster: clusters[i] }) })
      engines.push(scope.socketio)
      rooms.push(face.serve(scope, tools))
    })
  }
  return { engines, rooms }
}
