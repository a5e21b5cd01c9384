// One session opened: what is known of it, and its timeline from now on.
import { confirm } from './confirm.js'
import { element, find, setText, showEach } from './element.js'
import { atMillisecond, clientsOf, dialectName, inBytes, inNumbers, inTime } from './format.js'
import { silence } from './list.js'
import { get, post } from './server.js'
import { readFrame, visible } from './wire.js'

const REFRESH_MS = 700
const KEPT = 500

const REQUESTS = { poll: 'poll', post: 'packets of the client', stream: 'stream', websocket: 'WebSocket', upgrade: 'WebSocket, to move to' }
const toBytes = (hex) => hex.replace(/../g, '$& ').trim()

/** What an entry means, and the words of its line. */
function readEntry (entry, dialect) {
  const { type, text, hex, bytes, direction, transport, from, reason, cause, method, kind } = entry
  switch (type) {
    case 'request': return { kind: 'request', sign: '⇢', side: 'request', words: `${method}: ${REQUESTS[kind] ?? kind}`, more: `HTTP/${entry.version}` }
    case 'move': return { kind: 'upgrade', sign: '⇄', side: 'move', words: `moved from ${from} to ${transport}`, more: '' }
    case 'end': return { kind: 'close', sign: '■', side: 'end', words: `ended: ${reason}${cause === undefined ? '' : ` (${cause})`}`, more: '' }
    default: {
      const read = text === undefined ? { kind: 'binary', meaning: 'binary data' } : readFrame(text, dialect)
      const raw = text === undefined ? toBytes(hex) : visible(text)
      const isCut = text === undefined ? hex.length / 2 < bytes : new TextEncoder().encode(text).length < bytes && text.length >= 500
      return {
        kind: read.kind,
        sign: direction === 'in' ? '→' : '←',
        side: direction === 'in' ? 'from the client' : 'to the client',
        words: read.meaning,
        more: `${inBytes(bytes)} · ${transport}`,
        raw: isCut ? `${raw} …` : raw
      }
    }
  }
}

export class Timeline {
  #dialog = find('session')
  #list = find('timeline')
  #handle
  #entries = []
  #state
  #timer
  #isReadOnly = () => true

  constructor (isReadOnly) {
    this.#isReadOnly = isReadOnly
    find('close').addEventListener('click', () => this.#dialog.close())
    find('end').addEventListener('click', () => this.#end())
    find('beats').addEventListener('change', () => this.#draw())
    this.#dialog.addEventListener('click', ({ target }) => { if (target === this.#dialog) this.#dialog.close() })
    this.#dialog.addEventListener('close', () => {
      clearTimeout(this.#timer)
      this.#handle = undefined
    })
  }

  open (handle) {
    this.#handle = handle
    this.#entries = []
    this.#state = undefined
    this.#list.replaceChildren()
    find('facts').replaceChildren()
    setText(find('session-title'), 'Session')
    setText(find('session-state'), '')
    setText(find('captured'), '')
    if (!this.#dialog.open) this.#dialog.showModal()
    this.#load()
  }

  async #load () {
    clearTimeout(this.#timer)
    const handle = this.#handle
    if (handle === undefined) return
    try {
      const answer = document.hidden ? undefined : await get(`sessions/${handle}?after=${this.#entries.at(-1)?.n ?? 0}`)
      if (handle !== this.#handle) return
      if (answer !== undefined) this.#show(answer)
    } catch (error) {
      if (handle !== this.#handle) return
      setText(find('captured'), error.status === 404 ? 'This session has ended, and nothing was captured.' : `The server does not answer: ${error.message}`)
    }
    this.#timer = setTimeout(() => this.#load(), REFRESH_MS)
  }

  #show (answer) {
    this.#entries = [...this.#entries, ...answer.entries].slice(-KEPT)
    this.#state = answer
    const { session, state, dialect, transport, holds, user, address, openedAt, queued, traffic, handshake, since, heardAt, dropped } = answer
    setText(find('session-title'), `Session ${session}`)
    setText(find('session-state'), state)
    find('session-state').dataset.state = state
    find('end').hidden = this.#isReadOnly() || state === 'closed'
    const now = Date.now()
    const facts = {
      Dialect: `${dialectName(dialect)} (${clientsOf(dialect)})`,
      Transport: `${transport}${holds || state === 'closed' ? '' : ', nothing held open now'}`,
      User: user || '–',
      Address: address,
      Opened: `${atMillisecond(openedAt).slice(0, 8)}, ${inTime(Math.max(0, now - openedAt))} ago`,
      'Last packet': heardAt === undefined ? silence(answer) : `${inTime(Math.max(0, now - heardAt))} ago`,
      Queue: inBytes(queued),
      'From the client': `${inNumbers(traffic.packetsIn)} packets, ${inBytes(traffic.bytesIn)}`,
      'To the client': `${inNumbers(traffic.packetsOut)} packets, ${inBytes(traffic.bytesOut)}`,
      Host: handshake.host || '–',
      Origin: handshake.origin || '–',
      Agent: handshake.agent || '–'
    }
    showEach(find('facts'), Object.entries(facts), {
      keyOf: ([name]) => name,
      make: ([name]) => element('div', '', [element('dt', '', name), element('dd', '')]),
      update: (child, [, value]) => setText(child.lastChild, value)
    })
    const lost = dropped > 0 ? `; ${inNumbers(dropped)} older entries have left` : ''
    setText(find('captured'), `captured since ${atMillisecond(since).slice(0, 8)}${lost}`)
    this.#draw()
  }

  #draw () {
    const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 30
    const shown = this.#entries.map((entry) => ({ entry, read: readEntry(entry, this.#state?.dialect) })).filter(({ read }) => find('beats').checked || read.kind !== 'heartbeat')
    showEach(this.#list, shown, { keyOf: ({ entry }) => `${entry.n} ${entry.at}`, make: ({ entry, read }) => this.#line(entry, read) })
    if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight
  }

  #line ({ at, type }, { kind, sign, side, words, more, raw }) {
    const arrow = element('span', 'sign', sign)
    arrow.setAttribute('aria-hidden', 'true')
    const line = element('li', '', [
      element('time', '', atMillisecond(at)), arrow, element('span', 'unseen', side), element('span', 'words', words), element('span', 'quiet', more),
      ...(raw === undefined ? [] : [element('code', 'wire', raw)])
    ])
    line.dataset.type = type
    line.dataset.kind = kind
    if (raw !== undefined) line.lastChild.dataset.kind = kind
    return line
  }

  async #end () {
    const handle = this.#handle
    const isSure = await confirm({ title: `End session ${this.#state?.session ?? ''}?`, text: 'Its client is disconnected. It may connect again.', yes: 'End session' })
    if (isSure === undefined) return
    try {
      await post(`sessions/${handle}/end`)
    } catch (error) {
      setText(find('captured'), `The session was not ended: ${error.message}`)
    }
  }
}
