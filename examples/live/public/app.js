// The page: a panel for each transport, and behind each panel a hidden frame with the client that knows only this one.
/* global addEventListener, location */

const REAL = 'socket.io-client 0.9.17'
const TRANSPORTS = [
  { name: 'websocket', kind: REAL },
  { name: 'xhr-polling', kind: REAL },
  { name: 'jsonp-polling', kind: REAL },
  { name: 'htmlfile', kind: `${REAL}, with a hidden frame in place of Internet Explorer’s ActiveX document` },
  { name: 'xhr-multipart', standIn: true, kind: 'A fetch stream reader: the 0.9 client never had this transport.' },
  { name: 'flashsocket', standIn: true, kind: 'The browser’s own WebSocket on the flashsocket URL: Flash is gone.' }
]
const KEPT_TIMES = 50
const KEPT_LINES = 100
const SHOWN = 400 // characters of a payload

const find = (id) => document.getElementById(id)
const now = () => performance.timeOrigin + performance.now()
const inMs = (time) => time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`

function element (name, className, text) {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}

function median (times) {
  const sorted = [...times].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

// ---- the last broadcast: when each transport delivered it

const broadcast = {
  id: '',
  sentAt: 0,
  arrivals: new Map(),

  start (id, text, from) {
    Object.assign(this, { id, sentAt: now() })
    this.arrivals.clear()
    this.title(text, from)
    this.draw()
  },

  title (text, from) {
    find('broadcast-text').replaceChildren(element('q', '', text), ` from ${from}`)
  },

  arrived (transport, id, at) {
    if (id !== this.id) return // from another page
    this.arrivals.set(transport, at - this.sentAt)
    this.draw()
  },

  draw () {
    const longest = Math.max(...this.arrivals.values(), 1)
    find('arrivals').replaceChildren(...TRANSPORTS.map(({ name }) => {
      const time = this.arrivals.get(name)
      const row = element('div', 'arrival', '')
      const bar = element('dd', 'bar', '')
      const fill = element('i', '', '')
      fill.style.width = `${time === undefined ? 0 : Math.max(time / longest * 100, 1)}%`
      bar.append(fill)
      row.append(element('dt', '', name), bar, element('dd', 'time', time === undefined ? '–' : inMs(time)))
      return row
    }))
  }
}

// ---- panels

class Panel {
  #transport
  #frame = document.createElement('iframe')
  #times = []
  root = find('panel').content.firstElementChild.cloneNode(true)

  constructor ({ name, kind, standIn = false }) {
    this.#transport = name
    const { root } = this
    root.dataset.transport = name
    root.classList.toggle('stand-in', standIn)
    root.querySelector('h2').textContent = name
    root.querySelector('.kind').textContent = kind
    root.querySelector('input').setAttribute('aria-label', `Message over ${name}`)
    root.querySelector('.log').setAttribute('aria-label', `Traffic of ${name}`)
    root.querySelector('form').addEventListener('submit', (event) => this.#submit(event))
    this.#state('connecting')
    this.#frame.hidden = true
    this.#frame.title = `${name} client`
    this.#frame.src = `${standIn ? 'stand-in' : 'client'}.html?transport=${name}`
  }

  start () {
    this.root.append(this.#frame)
  }

  post (message) {
    this.#frame.contentWindow?.postMessage(message, location.origin)
  }

  isFrom (source) {
    return source === this.#frame.contentWindow
  }

  /** What the client in the frame has to tell. */
  take ({ type, at, ...detail }) {
    switch (type) {
      case 'state': return this.#state(detail.state)
      case 'in use': return this.#figure('in-use', detail.name)
      case 'round trip': return this.#roundTrip(detail.time)
      case 'in': return this.#log('↓', 'in', detail.payload, at)
      case 'out': return this.#log('↑', 'out', detail.payload, at)
      case 'message': return this.#latest(detail.text, 'echo')
      case 'said':
        this.#latest(detail.text, `from ${detail.from}`)
        return broadcast.arrived(this.#transport, detail.id, at)
    }
  }

  #submit (event) {
    event.preventDefault()
    const { text } = event.target.elements
    const value = text.value || `hello from ${this.#transport}`
    text.value = ''
    if (event.submitter?.value !== 'say') return this.post({ type: 'send', text: value })
    const id = Math.random().toString(36).slice(2, 10)
    broadcast.start(id, value, this.#transport)
    this.post({ type: 'say', id, text: value })
  }

  #state (state) {
    this.root.dataset.state = state
    this.root.querySelector('.state').textContent = state
    for (const button of this.root.querySelectorAll('button')) button.disabled = state !== 'connected'
  }

  #figure (name, text) {
    this.root.querySelector(`[data-figure="${name}"]`).textContent = text
  }

  #roundTrip (time) {
    this.#times.push(time)
    if (this.#times.length > KEPT_TIMES) this.#times.shift()
    this.#figure('last', inMs(time))
    this.#figure('median', inMs(median(this.#times)))
    const most = Math.max(...this.#times)
    const points = this.#times.map((value, i) => `${i / (KEPT_TIMES - 1) * 100},${23 - value / most * 21}`)
    this.root.querySelector('polyline').setAttribute('points', points.join(' '))
  }

  #latest (text, where) {
    this.root.querySelector('.latest').replaceChildren(element('q', '', text), ` ${where}`)
  }

  /** The newest line is the first. */
  #log (arrow, direction, payload, at) {
    const log = this.root.querySelector('.log')
    const line = element('li', direction, '')
    const time = new Date(at)
    const clock = `${time.toTimeString().slice(0, 8)}.${String(time.getMilliseconds()).padStart(3, '0')}`
    const shown = payload.length > SHOWN ? `${payload.slice(0, SHOWN)}… (${payload.length} characters)` : payload
    line.append(element('time', '', clock), element('b', '', arrow), element('code', '', shown === '' ? '(empty)' : shown))
    log.prepend(line)
    while (log.children.length > KEPT_LINES) log.lastElementChild.remove()
  }
}

const panels = TRANSPORTS.map((transport) => new Panel(transport))
find('panels').append(...panels.map(({ root }) => root))
broadcast.draw()

addEventListener('message', ({ origin, source, data }) => {
  if (origin === location.origin) panels.find((panel) => panel.isFrom(source))?.take(data)
})
find('measure').addEventListener('change', ({ target }) => {
  for (const panel of panels) panel.post({ type: 'measure', on: target.checked })
})
// Later, or the endless document of htmlfile would keep the page loading.
addEventListener('load', () => setTimeout(() => { for (const panel of panels) panel.start() }))
