// An echo without the official Server, for clients and protocol suites of Engine.IO:
//   npm run engine-echo -- --port N [--config JSON]
// Sends each message back, text or binary. Revision 1 has no such messages: its messages, JSON messages and
// events are sent back as decoded packets, and its endpoints are connected. The config has options of the plugin.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { run } from '../../../examples/shared/command.js'
import { buildFront, flags, OPTIONS } from './options.js'

/** The answer to a packet of revision 1; without the id, which the client has counted. */
function answerTo ({ type, endpoint, data, name, args }) {
  switch (type) {
    case 'connect': return { type, endpoint }
    case 'message':
    case 'json': return { type, endpoint, data }
    case 'event': return { type, endpoint, name, args }
  }
}

function connected (socket) {
  if (socket.dialect !== 'revision 1') {
    socket.on('data', (data) => socket.write(data))
    return
  }
  socket.on('packet', (packet) => {
    const answer = answerTo(packet)
    if (answer !== undefined) socket.send(answer)
    if (packet.ack === 'data') socket.send({ type: 'ack', endpoint: packet.endpoint, id: packet.id, args: packet.args ?? [packet.data] })
  })
}

async function build (options) {
  const app = Fastify({ forceCloseConnections: true })
  await app.register(socketioTransports, { ...OPTIONS, ...options })
  app.socketio.on('connection', connected)
  return app
}

await run(await buildFront(build), flags)
