// The wire of one client, as a list: its own frames and those of the server in one order, newest first. A frame that both sides report is one line.
import { readFrame, visible } from './parts/wire.js'
import { element, inMs } from './element.js'

const KEPT = 250 // lines
const SHOWN = 400 // characters of a frame
const PAIRED_WITHIN = 5000 // ms between the two reports of a frame

/** The mark of a line, by the kind of its frame. */
const MARKS = { open: 'handshake', connect: 'handshake', probe: 'upgrade', upgrade: 'upgrade', heartbeat: 'heartbeat', close: 'end', disconnect: 'end' }
/** The mark of a line, by what has happened to the session. */
const MARKS_OF_EVENTS = { open: 'handshake', move: 'upgrade', end: 'end', refused: 'refused', reconnecting: 'reconnect', back: 'reconnect' }

function clock (at) {
  const time = new Date(at)
  return `${time.toTimeString().slice(0, 8)}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

export class WireLog {
  #root
  #dialect
  /** Newest first. */
  #lines = []

  constructor (root, dialect) {
    this.#root = root
    this.#dialect = dialect
  }

  /** A frame that `side` reports. `toServer`: its direction. */
  frame (side, toServer, { frame, bytes, at }) {
    const key = `${toServer}${frame === undefined ? bytes : frame.slice(0, SHOWN)}`
    const twin = this.#lines.findLast((line) => line.key === key && line[side] === undefined && Math.abs(line.at - at) < PAIRED_WITHIN)
    if (twin === undefined) return this.#add(this.#lineOf(key, toServer, { frame, bytes, at }), { key, at, [side]: at })
    twin[side] = at
    // A frame arrives after it is sent, whatever the two clocks say.
    const took = (toServer ? twin.server - twin.client : twin.client - twin.server)
    twin.root.querySelector('.took').textContent = inMs(Math.max(took, 0))
    twin.root.title = 'seen by both sides'
  }

  /** Something that happens to the session. */
  event (name, text, at) {
    const root = element('li', 'event', '')
    root.append(element('time', '', clock(at)), element('b', '', '•'), element('span', 'text', text), element('span', 'took', ''))
    this.#mark(root, MARKS_OF_EVENTS[name])
    this.#add(root, { at })
  }

  #lineOf (key, toServer, { frame, bytes, at }) {
    const root = element('li', toServer ? 'out' : 'in', '')
    const { kind, meaning } = frame === undefined ? { kind: 'binary', meaning: `binary data, ${bytes} bytes` } : readFrame(frame, this.#dialect)
    const text = frame === undefined ? '(binary)' : visible(frame)
    const code = element('code', 'wire', text === '' ? '(empty)' : text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
    code.dataset.kind = kind
    const arrow = element('b', '', toServer ? '↑' : '↓')
    arrow.title = toServer ? 'client to server' : 'server to client'
    arrow.setAttribute('aria-label', arrow.title)
    arrow.setAttribute('role', 'img')
    const words = element('span', 'text', meaning)
    words.prepend(code, ' ')
    root.append(element('time', '', clock(at)), arrow, words, element('span', 'took', ''))
    this.#mark(root, MARKS[kind])
    return root
  }

  #mark (root, mark) {
    if (mark === undefined) return
    root.dataset.mark = mark
    root.querySelector('.text').prepend(element('span', 'mark', mark), ' ')
  }

  /** Puts a line where its time says. */
  #add (root, line) {
    const found = this.#lines.findIndex(({ at }) => at <= line.at)
    const index = found === -1 ? this.#lines.length : found
    this.#root.insertBefore(root, this.#lines[index]?.root ?? null)
    this.#lines.splice(index, 0, { ...line, root })
    while (this.#lines.length > KEPT) this.#lines.pop().root.remove()
  }
}
