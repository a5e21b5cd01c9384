// A cell of the page, with a hidden frame in which a client runs that has only this transport.
/* global location */
import { copyOf, element, inMs } from './element.js'

const KEPT_TIMES = 50
const KEPT_LINES = 100
const SHOWN = 400 // characters of a payload

function median (times) {
  const sorted = [...times].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Makes control characters visible: some of them separate the packets of a payload. */
const visible = (text) => text.replace(/\p{Cc}/gu, (character) => character < ' ' ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : '·')

export class Panel {
  #frame = document.createElement('iframe')
  #source
  #times = []
  #heard
  #say
  on = false
  root = copyOf('panel')

  /** `server`: the URL that the client connects to. `say(text)` is called to send a message to all, `heard(id, at)` when such a message has arrived here. */
  constructor ({ generation, transport, standIn = false, note = '', holds = false, server }, { say, heard }) {
    this.name = `${generation} ${transport}`
    this.holds = holds
    this.server = server
    this.#say = say
    this.#heard = heard
    const { root } = this
    Object.assign(root.dataset, { generation, transport })
    root.classList.toggle('stand-in', standIn)
    root.querySelector('h3').textContent = transport
    root.querySelector('.note').textContent = note
    root.querySelector('input[type="text"]').setAttribute('aria-label', `Message over ${this.name}`)
    root.querySelector('.log').setAttribute('aria-label', `Traffic of ${this.name}`)
    root.querySelector('form').addEventListener('submit', (event) => this.#submit(event))
    root.querySelector('[role="switch"]').addEventListener('change', ({ target }) => this.turn(target.checked))
    const page = standIn ? 'stand-in' : generation === '0.9' ? 'client' : 'later-client'
    this.#source = `${page}.html?${new URLSearchParams({ generation, transport, server })}`
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
      case 'state': return this.#state(detail.state)
      case 'in use': return this.#figure('in-use', detail.name)
      case 'round trip': return this.#roundTrip(detail.time)
      case 'in': return this.#log('↓', 'in', detail.payload, at)
      case 'out': return this.#log('↑', 'out', detail.payload, at)
      case 'message': return this.#latest(detail.text, 'echo')
      case 'said':
        this.#latest(detail.text, `from ${detail.from}`)
        return this.#heard(detail.id, at)
    }
  }

  /** Milliseconds until a message to all arrived here, if it has arrived, and the longest time of all panels. */
  showArrival (time, longest) {
    this.#figure('heard', time === undefined ? '–' : inMs(time))
    this.root.querySelector('.bar i').style.width = `${time === undefined ? 0 : Math.max(time / longest * 100, 2)}%`
  }

  #submit (event) {
    event.preventDefault()
    const { text } = event.target.elements
    const value = text.value || `hello from ${this.name}`
    text.value = ''
    if (event.submitter?.value === 'say') this.#say(value)
    else this.post({ type: 'send', text: value })
  }

  #state (state) {
    this.root.dataset.state = state
    this.root.querySelector('.state span').textContent = state
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

  /** Adds a line at the top, where it is visible. */
  #log (arrow, direction, payload, at) {
    const log = this.root.querySelector('.log')
    const line = element('li', direction, '')
    const time = new Date(at)
    const clock = `${time.toTimeString().slice(0, 8)}.${String(time.getMilliseconds()).padStart(3, '0')}`
    const text = visible(payload)
    const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text
    line.append(element('time', '', clock), element('b', '', arrow), element('code', '', shown === '' ? '(empty)' : shown))
    log.prepend(line)
    while (log.children.length > KEPT_LINES) log.lastElementChild.remove()
    this.root.querySelector('summary code').textContent = `${arrow} ${shown}`
  }
}
