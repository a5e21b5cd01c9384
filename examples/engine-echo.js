// An echo without the official Server, for clients and protocol suites of Engine.IO:
//   npm run engine-echo -- --port N [--config JSON]
// Each message goes back as it came, text or binary. Revision 1 has no raw messages of its own: its messages, JSON messages and
// events go back as decoded packets, and its endpoints are connected as they ask. The config holds options of the plugin.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { DRAIN, readFlags, run, TRANSPORTS } from './command.js'

const { config, ...address } = readFlags()
const app = Fastify({ forceCloseConnections: true })
await app.register(socketioTransports, { transports: TRANSPORTS, cors: { origin: true }, drainTimeout: DRAIN, ...config })

/** What goes back for a packet of revision 1; without its id, which is the client's own count. */
function answerTo ({ type, endpoint, data, name, args }) {
  switch (type) {
    case 'connect': return { type, endpoint }
    case 'message':
    case 'json': return { type, endpoint, data }
    case 'event': return { type, endpoint, name, args }
  }
}

app.socketio.on('connection', (socket) => {
  if (socket.dialect !== 'revision 1') {
    socket.on('data', (data) => socket.write(data))
    return
  }
  socket.on('packet', (packet) => {
    const answer = answerTo(packet)
    if (answer !== undefined) socket.send(answer)
    if (packet.ack === 'data') socket.send({ type: 'ack', endpoint: packet.endpoint, id: packet.id, args: packet.args ?? [packet.data] })
  })
})

await run(app, address)
