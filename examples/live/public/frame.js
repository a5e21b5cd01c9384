// What every client does in its hidden frame: tells the page what happens, and does what the page asks.
/* global addEventListener, location, parent */

const EVERY = 2000 // ms between two round trips

/** Which client this is, and where it connects. */
export const { generation, transport, server } = Object.fromEntries(new URLSearchParams(location.search))

export function tell (type, detail = {}) {
  parent.postMessage({ type, at: performance.timeOrigin + performance.now(), ...detail }, location.origin)
}

/** `socket` is one of any client, or of a stand-in, which has the same three methods. */
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
  socket.on('connect_failed', () => state('failed'))
  // 0.9 tells this by the socket, 3.x and 4.x by its manager, the others by both.
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
