// The page of who is logged in. The browser sends the cookie of the session with the handshake by itself.
const find = (id) => document.getElementById(id)
const socket = window.io()

const setState = (state) => { find('state').dataset.state = find('state').textContent = state }

socket.on('connect', () => setState('connected'))
socket.on('disconnect', (reason) => {
  setState('reconnecting')
  if (reason === 'io server disconnect') window.location.reload() // logged out, here or in another tab
})
socket.on('connect_error', async () => {
  // A refused handshake and a server that is away look the same to a client. The session may be over.
  const response = await fetch('/me').catch(() => null)
  if (response?.status === 401) window.location.reload()
})

socket.on('tabs', (count) => { find('tabs').textContent = count })
socket.on('list', (entries) => {
  find('empty').hidden = entries.length > 0
  find('list').replaceChildren(...entries.map((text, index) => {
    const line = document.createElement('li')
    const words = document.createElement('span')
    words.textContent = text
    const button = document.createElement('button')
    button.className = 'light'
    button.textContent = 'Remove'
    button.setAttribute('aria-label', `Remove ${text}`)
    button.addEventListener('click', () => socket.emit('remove', index))
    line.className = 'row apart'
    line.append(words, button)
    return line
  }))
})

find('add').addEventListener('submit', (event) => {
  event.preventDefault()
  socket.emit('add', find('text').value, (error) => {
    find('error').hidden = error === null
    find('error').textContent = error
    if (error === null) find('text').value = ''
  })
})
