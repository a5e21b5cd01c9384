// The page of the echo application.
const find = (id) => document.getElementById(id)
const socket = window.io({ path: document.currentScript.dataset.path })

function show (arrow, ...words) {
  const line = document.createElement('li')
  const code = document.createElement('code')
  code.textContent = words.map((word) => JSON.stringify(word)).join(' ')
  line.append(`${arrow} `, code)
  find('log').append(line)
  find('log').scrollTop = find('log').scrollHeight
}

const setState = (state, text = state) => {
  find('state').dataset.state = state
  find('state').textContent = text
}

socket.on('connect', () => {
  const { engine } = socket.io
  const tell = () => setState('connected', `connected over ${engine.transport.name}`)
  engine.on('upgrade', tell)
  tell()
})
socket.on('disconnect', (reason) => setState('disconnected', reason))
socket.on('connect_error', (error) => setState('disconnected', error.message))
socket.onAny((...args) => show('←', ...args))

find('send').addEventListener('submit', (event) => {
  event.preventDefault()
  const name = event.submitter?.value ?? 'message'
  const value = name === 'many' ? 5 : find('text').value
  show('→', name, value)
  if (name === 'echo') socket.emit(name, value, (answer) => show('← ack', answer))
  else socket.emit(name, value)
})
