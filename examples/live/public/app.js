// The page: a row for each generation of client, a panel for each of its transports, and one field to say something to all.
/* global addEventListener, EventSource, location */
import { Broadcast, now } from './broadcast.js'
import { copyOf, find } from './element.js'
import { GENERATIONS } from './generations.js'
import { Panel } from './panel.js'

/** A browser opens six connections to one host. One of them must stay free for POSTs of the clients. */
const MOST_HELD = 5

// Frames are added later. Otherwise the endless document of htmlfile would keep the page loading.
const loaded = new Promise((resolve) => addEventListener('load', resolve))

/**
 * The host that a generation connects to. On localhost each has its own host name, `v4.localhost`, and so its own six
 * connections; 0.9 uses the host of the page. Not every browser resolves these names: then all share one host.
 */
async function chooseServers () {
  const serverOf = (generation) => `http://v${parseInt(generation)}.localhost:${location.port || 80}`
  const shared = () => location.origin
  if (!/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(location.origin)) return shared
  try {
    await fetch(`${serverOf('4.x')}/style.css`, { mode: 'no-cors' })
    return (generation) => generation === '0.9' ? location.origin : serverOf(generation)
  } catch {
    return shared
  }
}

const [serverOf, versions] = await Promise.all([chooseServers(), fetch('clients.json').then((response) => response.json())])
const panels = []
const broadcast = new Broadcast(panels)

/** Names this page at the server, which other pages may use, too. */
const page = Math.random().toString(36).slice(2, 8)

function addPanel (cell) {
  const key = `${page}.${cell.generation}.${cell.transport}`
  const panel = new Panel({ ...cell, key }, { heard: (id, at) => broadcast.arrived(panel, id, at) })
  panels.push(panel)
  return panel.root
}

function row ({ generation, dialect, cells }) {
  const root = copyOf('generation')
  root.querySelector('h2').textContent = generation
  root.querySelector('.version').textContent = `socket.io-client ${versions[generation]}`
  root.querySelector('.dialect').textContent = dialect
  root.querySelector('.cells').append(...cells.map((cell) => addPanel({ ...cell, generation, dialect: wireOf(dialect), server: serverOf(generation) })))
  return root
}

/** As wire.js names it. */
const wireOf = (dialect) => dialect.replace('Engine.IO', 'engine').replace('protocol ', '')

find('generations').append(...GENERATIONS.map(row))

addEventListener('message', ({ origin, source, data }) => {
  if (origin === location.origin) panels.find((panel) => panel.isFrom(source))?.take(data)
})
find('measure').addEventListener('change', ({ target }) => {
  for (const panel of panels) panel.post({ type: 'measure', on: target.checked })
})

const form = find('say')
form.elements.from.append(...panels.map(({ name }) => Object.assign(document.createElement('option'), { textContent: name })))
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { text, from } = form.elements
  const panel = panels.find(({ name }) => name === from.value)
  const id = Math.random().toString(36).slice(2, 10)
  const value = text.value || 'hello'
  text.value = ''
  broadcast.start(id, value, panel.name)
  panel.post({ type: 'say', id, text: value })
})

// The server's side. Its clock may differ from the one of this machine: by how much, the quickest of a few answers tells best.
const ASKED = 5 // times
const SAME_MACHINE = 50 // ms
async function askServer () {
  const asked = now()
  const answer = await fetch('clock').then((response) => response.json())
  const took = now() - asked
  return { ...answer, took, ahead: answer.now - asked - took / 2 }
}
const answers = []
while (answers.length < ASKED) answers.push(await askServer())
const { took, ahead, restarts, inspector } = answers.reduce((best, answer) => answer.took < best.took ? answer : best)
// The answer was made at some moment of the time that it took.
const offset = Math.abs(ahead) < Math.max(SAME_MACHINE, took / 2) ? 0 : ahead
new EventSource('story').addEventListener('message', ({ data }) => {
  const { panel: key, at, ...report } = JSON.parse(data)
  panels.find((panel) => panel.key === key)?.takeOfServer({ ...report, at: at - offset })
})
find('restart').hidden = !restarts
find('inspector').hidden = !inspector
find('restart').addEventListener('click', () => fetch('restart', { method: 'POST' }))

await loaded
const held = new Map([[location.origin, 1]]) // the server's side is one request
setTimeout(() => {
  for (const panel of panels) {
    const count = (held.get(panel.server) ?? 0) + (panel.holds ? 1 : 0)
    if (count > MOST_HELD) continue // the user can switch it on in place of another
    held.set(panel.server, count)
    panel.turn(true)
  }
})
