// The page of the devices: the current client, on the same server.
const socket = window.io()
const find = (id) => document.getElementById(id)
const cards = new Map()

const setState = (element, state) => { element.dataset.state = element.textContent = state }

function cardOf (name) {
  if (cards.has(name)) return cards.get(name)
  const card = find('device').content.firstElementChild.cloneNode(true)
  const part = (selector) => card.querySelector(selector)
  card.dataset.name = name
  part('h2').textContent = name
  part('input').setAttribute('aria-label', `Target of ${name} in °C`)
  part('form').addEventListener('submit', (event) => {
    event.preventDefault()
    part('.answer').textContent = 'asking the device …'
    socket.emit('set target', name, part('input').valueAsNumber, ({ error, target }) => {
      part('.answer').textContent = error ?? `The device has set ${target} °C.`
    })
  })
  part('.cut').addEventListener('click', () => socket.emit('cut', name))
  cards.set(name, card)
  find('devices').append(card)
  return card
}

/** The readings as points of the drawing: 0 to 40 °C. */
const pointsOf = (readings) => readings.map((value, index) => `${index * 300 / 59},${80 - value * 2}`).join(' ')

socket.on('device', ({ name, online, client, transport, connections, readings, target }) => {
  const card = cardOf(name)
  const part = (selector) => card.querySelector(selector)
  setState(part('.state'), online ? 'connected' : 'not connected')
  part('.client').textContent = client || '–'
  part('.transport').textContent = transport || '–'
  part('.connections').textContent = connections
  part('.temperature').textContent = readings.at(-1)?.toFixed(1) ?? '–'
  part('.target').textContent = target ?? '–'
  part('polyline').setAttribute('points', pointsOf(readings))
})

socket.on('connect', () => setState(find('state'), 'connected'))
socket.on('disconnect', () => setState(find('state'), 'reconnecting'))
