// What every client does in its hidden frame: tells the page what happens, and does what the page asks.
/* global addEventListener, location, parent */

const EVERY = 2000 // ms between two round trips

export const transport = new URLSearchParams(location.search).get('transport')

export function tell (type, detail = {}) {
  parent.postMessage({ type, at: performance.timeOrigin + performance.now(), ...detail }, location.origin)
}

/** `socket` is one of the old client, or of a stand-in, which has the same three methods. */
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

  socket.on('connect', () => {
    state('connected')
    socket.emit('which transport', (name) => tell('in use', { name }))
    measure()
  })
  socket.on('disconnect', () => state('disconnected'))
  socket.on('reconnecting', () => state('reconnecting'))
  socket.on('connect_failed', () => state('failed'))
  socket.on('message', (text) => tell('message', { text }))
  socket.on('said', (id, text, from) => tell('said', { id, text, from }))
  setInterval(measure, EVERY)

  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || source !== parent) return
    if (data.type === 'send') socket.send(data.text)
    if (data.type === 'say') socket.emit('say', data.id, data.text)
    if (data.type === 'measure') measuring = data.on
  })
}
