// Runs in the hidden frame of every client: reports events to the page, and executes commands of the page.
/* global addEventListener, location, parent */
import { framesOf } from './parts/wire.js'

const EVERY = 2000 // ms between two round trips

/** The generation of this client, the server that it connects to, and the name that it tells the server in its query. */
export const { generation, transport, server, panel } = Object.fromEntries(new URLSearchParams(location.search))

export function tell (type, detail = {}) {
  parent.postMessage({ type, at: performance.timeOrigin + performance.now(), ...detail }, location.origin)
}

const dialect = generation === '0.9' ? 'revision 1' : generation < '3' ? 'engine 3' : 'engine 4'

/** Shows what the client sends or receives: a WebSocket message, or with `isBody` the body of a request. */
export function tellWire (direction, payload, isBody) {
  for (const frame of isBody ? framesOf(payload, dialect) : [payload]) {
    tell('wire', typeof frame === 'string' ? { direction, frame } : { direction, bytes: frame.byteLength ?? frame.size })
  }
}

/** `socket` is the socket of a client, or of the stand-in (stand-in.js), which has the same three methods. */
export function run (socket) {
  let connected = false
  let measuring = true
  let asked = false

  function measure () {
    if (!connected || !measuring || asked) return
    asked = true
    const start = performance.now()
    socket.emit('echo', Math.round(start), () => {
      asked = false
      tell('round trip', { time: performance.now() - start })
    })
  }

  function state (name) {
    connected = name === 'connected'
    asked = false
    tell('state', { state: name })
  }

  function askTransport () {
    socket.emit('which transport', (name) => tell('in use', { name }))
  }

  socket.on('connect', () => {
    state('connected')
    askTransport()
    socket.io?.engine.on('upgrade', askTransport)
    measure()
  })
  socket.on('disconnect', () => state('disconnected'))
  // A client 0.9 that is refused gives up; the page starts another one.
  socket.on('connect_failed', () => state('failed'))
  socket.on('error', (reason) => { if (generation === '0.9' && !connected && reason) state('failed') })
  // 0.9 emits this on the socket, 3.x and 4.x on its manager, the others on both.
  socket.on('reconnecting', () => state('reconnecting'))
  socket.io?.on('reconnect_attempt', () => state('reconnecting'))
  socket.on('message', (text) => tell('message', { text }))
  socket.on('said', (id, text, from) => tell('said', { id, text, from }))
  setInterval(measure, EVERY)

  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || source !== parent) return
    if (data.type === 'send') socket.send(data.text)
    if (data.type === 'say') socket.emit('say', data.id, data.text, `${generation} ${transport}`)
    if (data.type === 'measure') measuring = data.on
  })
}
