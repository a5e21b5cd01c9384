// A simulated device: a heater and a thermometer, with the client 0.9.17 of 2014 as it is on such devices.
//   node examples/device/device.js --url http://127.0.0.1:3000 --name cellar --key b-secret --transport xhr-polling
import process from 'node:process'
import { parseArgs } from 'node:util'
import io from 'socket.io-client-0.9' // in an application of that time: require('socket.io-client')

const { values: { url, name, key, transport, every } } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    name: { type: 'string', default: 'greenhouse' },
    key: { type: 'string', default: 'a-secret' },
    transport: { type: 'string', default: 'websocket' }, // or xhr-polling
    every: { type: 'string', default: '1000' } // ms between two readings
  }
})

io.transports = [transport]
const socket = io.connect(`${url}?device=${encodeURIComponent(name)}&key=${encodeURIComponent(key)}`, {
  'reconnection delay': 200,
  'reconnection limit': 2000, // the delay doubles up to this; ms
  'max reconnection attempts': Infinity // by default a 0.9 client gives up after ten
})

let target = 20
let temperature = 15
/** Readings that the server has not acknowledged. */
let unsent = []

/** Sends the oldest readings. Those that get no acknowledgement, because the connection breaks, are sent again. */
function send () {
  try {
    for (const reading of unsent.slice(0, 20)) {
      socket.emit('reading', reading, () => { unsent = unsent.filter((other) => other !== reading) })
    }
  } catch {} // A 0.9 client in Node throws between the end of its WebSocket and its `disconnect`.
}

setInterval(() => {
  temperature += (target - temperature) / 5 + (Math.random() - 0.5) / 5
  unsent = [...unsent, { temperature: Math.round(temperature * 10) / 10, target }].slice(-100)
  if (socket.socket.connected) send()
}, Number(every))

socket.on('set target', (wanted, ack) => {
  target = wanted
  ack({ target })
})

socket.on('connect', () => console.log(`connected over ${socket.socket.transport.name}`))
socket.on('disconnect', () => console.log('disconnected'))
socket.on('error', (reason) => {
  if (reason === 'unauthorized') {
    console.error('the server does not know this name and key')
    process.exit(1)
  }
  // A 0.9 client that was connected reconnects by itself. One that was never connected does not try again.
  console.log('no server yet')
  if (!socket.socket.reconnecting) setTimeout(() => socket.socket.connect(), 1000)
})

process.once('disconnect', () => process.exit(0)) // of the process that started it
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
