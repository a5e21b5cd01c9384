// Devices with the client 0.9, which nobody can update, and pages with the client of today, on one server. Devices send readings and take commands.
//   npm run example:device                  starts this server and two simulated devices, see start.js
//   node examples/device/server.js          this server alone
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import fastifyStatic from '@fastify/static'
import socketioTransports from 'fastify-socketio-transports'
import { readFlags, run } from '../shared/command.js'

const flags = readFlags({ about: 'A server for 0.9 devices, and a page that shows their readings and commands them.', command: 'npm run example:device' })

/** In an application: a database, with one key for each device. */
const KEYS = new Map([['greenhouse', 'a-secret'], ['cellar', 'b-secret']])

const app = Fastify({ forceCloseConnections: true })
await app.register(fastifyStatic, {
  root: ['public', '../shared/public'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
})
await app.register(socketioTransports, {
  serveClient: 'node_modules/socket.io/client-dist', // for the page; devices have their client
  // Devices name themselves in the query of the handshake: io.connect(url + '?device=…&key=…').
  authorize: ({ query: { device, key } }) => device === undefined ? { device: null } : KEYS.has(device) && KEYS.get(device) === key && { device },
  drainTimeout: 1000,
  io: {}
})

/** What is known of each device: the page shows it. */
const devices = new Map([...KEYS.keys()].map((name) => [name, { name, online: false, connections: 0, readings: [], target: null, client: '', transport: '' }]))
const pages = () => app.io.to('pages')
const tell = (device) => pages().emit('device', device)

app.io.on('connection', (socket) => {
  const session = app.socketio.sessionOf(socket)
  if (session === undefined) return // the connection has ended already
  if (session.context.device === null) servePage(socket)
  else serveDevice(socket, devices.get(session.context.device), session)
})

function serveDevice (socket, device, { dialect, transport }) {
  // A device that lost its line comes back before the server notices the loss: the old connection ends.
  app.io.in(`device ${device.name}`).disconnectSockets(true)
  socket.join(`device ${device.name}`)
  Object.assign(device, { online: true, connections: device.connections + 1, client: dialect, transport: transport.name, socket: socket.id })
  tell(shown(device))

  socket.on('reading', (reading, ack) => {
    const { temperature, target } = Object(reading)
    if (!Number.isFinite(temperature) || !Number.isFinite(target)) return
    device.readings = [...device.readings, temperature].slice(-60)
    device.target = target
    tell(shown(device))
    if (typeof ack === 'function') ack({ at: Date.now() }) // the device keeps a reading until then
  })
  socket.on('disconnect', () => {
    if (device.socket !== socket.id) return
    device.online = false
    tell(shown(device))
  })
}

/** What pages may see of a device. */
const shown = ({ socket, ...device }) => device

function servePage (socket) {
  socket.join('pages')
  for (const device of devices.values()) socket.emit('device', shown(device))

  socket.on('set target', async (name, target, ack) => {
    if (typeof ack !== 'function') return
    if (!devices.get(name)?.online || !Number.isFinite(target)) return ack({ error: 'The device is not connected.' })
    try {
      const [answer] = await app.io.to(`device ${name}`).timeout(5000).emitWithAck('set target', target)
      ack({ target: answer?.target })
    } catch {
      ack({ error: 'The device did not answer within 5 seconds.' })
    }
  })
  socket.on('cut', (name) => {
    const { socket: id } = devices.get(name) ?? {}
    app.io.of('/').sockets.get(id)?.conn.close() // as a lost line: the client connects again by itself
  })
}

await run(app, flags)
