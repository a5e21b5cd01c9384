// A client of the node that this page comes from.
const find = (id) => document.getElementById(id)
const name = new URLSearchParams(window.location.search).get('name') ?? 'Guest'
const socket = window.io({ query: { name } })

const setState = (state) => { find('state').dataset.state = find('state').textContent = state }
const enter = () => socket.emit('enter', find('room').value, (node) => {
  find('node').textContent = node
  setState('connected')
})

find('name').textContent = name
find('room').addEventListener('change', () => {
  find('log').replaceChildren()
  enter()
})
find('say').addEventListener('submit', (event) => {
  event.preventDefault()
  socket.emit('say', find('text').value)
  find('text').value = ''
})

socket.on('connect', enter) // also after a lost connection: rooms are those of a connection
socket.on('disconnect', () => setState('reconnecting'))
socket.on('members', (members) => { find('members').textContent = members.map(({ name, node }) => `${name} (${node})`).sort().join(', ') })
socket.on('said', ({ name, node, text }) => {
  const line = document.createElement('li')
  const who = document.createElement('span')
  who.className = 'who'
  who.textContent = name
  const from = document.createElement('span')
  from.className = 'from'
  from.textContent = `node ${node}`
  line.append(who, ' ', from, document.createElement('br'), text)
  find('log').append(line)
  find('log').scrollTop = find('log').scrollHeight
})
