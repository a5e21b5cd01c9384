// A cell of the page, with a hidden frame in which a client runs that has only this transport.
/* global location */
import { copyOf, element, inMs } from './element.js'
import { WireLog } from './wire-log.js'

const KEPT_TIMES = 50
const AGAIN = 3000 // ms until a client that has given up is started again

function median (times) {
  const sorted = [...times].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export class Panel {
  #frame = document.createElement('iframe')
  #source
  #times = []
  #heard
  #log
  #lostAt
  on = false
  root = copyOf('panel')

  /** `server`: the URL that the client connects to. `key`: its name at the server. `heard(id, at)` is called when a message to all has arrived here. */
  constructor ({ generation, transport, dialect, standIn = false, note = '', holds = false, server, key }, { heard }) {
    this.name = `${generation} ${transport}`
    this.holds = holds
    this.server = server
    this.key = key
    this.#heard = heard
    const { root } = this
    Object.assign(root.dataset, { generation, transport })
    root.classList.toggle('stand-in', standIn)
    root.querySelector('h3').textContent = transport
    root.querySelector('.note').textContent = note
    root.querySelector('input[type="text"]').setAttribute('aria-label', `Message over ${this.name}`)
    root.querySelector('.log').setAttribute('aria-label', `Traffic of ${this.name}`)
    root.querySelector('[role="switch"]').setAttribute('aria-label', `${this.name} is there`)
    this.#log = new WireLog(root.querySelector('.log'), dialect)
    for (const button of root.querySelectorAll('.buttons button')) {
      button.setAttribute('aria-label', `${button.textContent} ${this.name}`)
      button.addEventListener('click', () => this.#push(button))
    }
    root.querySelector('form').addEventListener('submit', (event) => this.#submit(event))
    root.querySelector('[role="switch"]').addEventListener('change', ({ target }) => this.turn(target.checked))
    const page = standIn ? 'stand-in' : generation === '0.9' ? 'client' : 'later-client'
    this.#source = `${page}.html?${new URLSearchParams({ generation, transport, server, panel: key })}`
    this.#frame.hidden = true
    this.#frame.title = `${this.name} client`
    this.turn(false)
  }

  /** Starts the client, or ends it. */
  turn (on) {
    this.on = on
    this.root.querySelector('[role="switch"]').checked = on
    this.#state(on ? 'connecting' : 'off')
    this.#times = []
    this.#lostAt = undefined
    for (const figure of this.root.querySelectorAll('[data-figure]')) figure.textContent = '–'
    if (!on) return this.#frame.remove()
    this.#frame.src = this.#source
    this.root.append(this.#frame)
  }

  post (message) {
    this.#frame.contentWindow?.postMessage(message, location.origin)
  }

  isFrom (source) {
    return this.on && source === this.#frame.contentWindow
  }

  /** Handles a report of the client in the frame. */
  take ({ type, at, ...detail }) {
    switch (type) {
      case 'state': return this.#state(detail.state, at)
      case 'in use': return this.#figure('in-use', detail.name)
      case 'round trip': return this.#roundTrip(detail.time)
      case 'wire': return this.#log.frame('client', detail.direction === 'out', { ...detail, at })
      case 'message': return this.#latest(detail.text, 'echo')
      case 'said':
        this.#latest(detail.text, `from ${detail.from}`)
        return this.#heard(detail.id, at)
    }
  }

  /** Handles a report of the server about this client. */
  takeOfServer ({ event, text, ...detail }) {
    if (event === 'packet') this.#log.frame('server', detail.direction === 'in', detail)
    else this.#log.event(event, text, detail.at)
  }

  /** Milliseconds until a message to all arrived here, if it has arrived. */
  showArrival (time) {
    this.#figure('heard', time === undefined ? '–' : inMs(time))
  }

  #submit (event) {
    event.preventDefault()
    const { text } = event.target.elements
    const value = text.value || `hello from ${this.name}`
    text.value = ''
    this.post({ type: 'send', text: value })
  }

  #push (button) {
    if (button.value !== 'wire') return fetch(`${button.value}?panel=${this.key}`, { method: 'POST' })
    const unfolded = this.root.querySelector('.unfolded')
    unfolded.hidden = !unfolded.hidden
    button.setAttribute('aria-expanded', String(!unfolded.hidden))
  }

  #state (state, at = performance.timeOrigin + performance.now()) {
    const before = this.root.dataset.state
    this.root.dataset.state = state
    this.root.querySelector('.state span').textContent = state
    for (const button of this.root.querySelectorAll('[value="send"], [value="cut"], [value="refuse"]')) button.disabled = state !== 'connected'
    if (state === 'off') return
    if (before === 'connected' && state !== before) this.#lostAt = at
    if (state !== before && state !== 'connecting' && state !== 'connected') this.#log.event('reconnecting', `the client is ${state}`, at)
    if (state === 'connected' && this.#lostAt !== undefined) {
      const away = `${((at - this.#lostAt) / 1000).toFixed(2)} s`
      this.#lostAt = undefined
      this.#figure('offline', away)
      this.#log.event('back', `the client is back after ${away}`, at)
    }
    if (state === 'failed') setTimeout(() => this.#again(), AGAIN)
  }

  /** A client 0.9 that is refused gives up. */
  #again () {
    if (this.on && this.root.dataset.state === 'failed') this.#frame.src = this.#source
  }

  #figure (name, text) {
    this.root.querySelector(`[data-figure="${name}"]`).textContent = text
  }

  #roundTrip (time) {
    this.#times.push(time)
    if (this.#times.length > KEPT_TIMES) this.#times.shift()
    this.#figure('last', inMs(time))
    this.#figure('median', inMs(median(this.#times)))
  }

  #latest (text, where) {
    this.root.querySelector('.latest').replaceChildren(element('q', '', text), ` ${where}`)
  }
}
