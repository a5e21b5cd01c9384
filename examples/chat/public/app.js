// The page of the chat. TypeScript checks it, too (tsconfig.json: checkJs).
import { io } from '/socket.io/socket.io.esm.min.js'

/** @typedef {import('socket.io-client').Socket<import('../events.ts').ServerToClient, import('../events.ts').ClientToServer>} ChatSocket */

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
const find = (id) => /** @type {T} */ (document.getElementById(id))

/** @type {HTMLInputElement} */
const text = find('text')
const enter = find('enter')
const log = find('log')
const state = find('state')
const typing = find('typing')
const refused = find('refused')

/** @param {import('../events.ts').Message} message */
function show ({ user, text, at }) {
  const line = document.createElement('li')
  const who = document.createElement('span')
  who.className = 'who'
  who.textContent = user
  const time = document.createElement('time')
  time.className = 'from'
  time.dateTime = at
  time.textContent = new Date(at).toLocaleTimeString([], { timeStyle: 'short' })
  line.append(who, ' ', time, document.createElement('br'), text)
  log.append(line)
  log.scrollTop = log.scrollHeight
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let typingTimer

/** @param {string} [name] shows for two seconds who writes */
function showTyping (name) {
  clearTimeout(typingTimer)
  typing.textContent = name === undefined ? '\u00a0' : `${name} is typing …`
  if (name !== undefined) typingTimer = setTimeout(showTyping, 2000)
}

enter.addEventListener('submit', (event) => {
  event.preventDefault()
  /** @type {HTMLInputElement} */
  const name = find('name')
  const user = name.value.trim()

  /** @type {ChatSocket} */
  const socket = io({ query: { user } })

  socket.on('connect', () => {
    enter.hidden = true
    find('chat').hidden = false
    state.dataset['state'] = state.textContent = 'connected'
    text.focus()
  })
  socket.on('connect_error', () => {
    if (!enter.hidden) {
      socket.disconnect()
      refused.textContent = 'The server did not let you in. Is it running, and is that a name?'
      refused.hidden = false
    }
  })
  socket.on('disconnect', () => { state.dataset['state'] = state.textContent = 'reconnecting' })
  socket.on('history', (messages) => {
    log.replaceChildren()
    for (const message of messages) show(message)
  })
  socket.on('said', (message) => {
    showTyping()
    show(message)
  })
  socket.on('typing', showTyping)
  socket.on('users', (names) => { find('users').textContent = names.join(', ') })

  text.addEventListener('input', () => socket.volatile.emit('typing'))
  find('say').addEventListener('submit', (event) => {
    event.preventDefault()
    const said = text.value
    text.value = ''
    socket.emit('say', said, (answer) => {
      if (answer.ok) show({ user, text: said, at: answer.at })
      else typing.textContent = answer.why
    })
  })
})
