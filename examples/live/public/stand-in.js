// A small client of revision 1 for the two transports that no published client can use in current browsers: xhr-multipart, which it reads from
// a fetch stream, and flashsocket, for which it uses the browser's WebSocket.
/* global location */
import { panel, run, tellWire, transport } from './frame.js'

const BASE = '/socket.io/1'
const RETRY = 1000 // ms

// ---- transports: each opens the session, yields payloads until it ends, and has a way to send one

async function flashsocket (sid, { onOpen, onPayload }) {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}${BASE}/flashsocket/${sid}?panel=${panel}`)
  socket.onopen = () => onOpen((payload) => socket.send(payload))
  socket.onmessage = ({ data }) => onPayload(data)
  await new Promise((resolve) => { socket.onclose = resolve })
}

async function xhrMultipart (sid, { onOpen, onPayload }) {
  const url = `${BASE}/xhr-multipart/${sid}?panel=${panel}`
  const response = await fetch(url)
  onOpen((payload) => fetch(url, { method: 'POST', body: payload }))
  // Each part ends with the boundary line: `Content-Type: text/plain`, an empty line, the payload.
  const line = `--${/boundary="(.*?)"/.exec(response.headers.get('content-type'))[1]}\n`
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    for (let end; (end = text.indexOf(line)) >= 0; text = text.slice(end + line.length)) {
      const part = text.slice(0, end)
      if (part !== '') onPayload(part.slice(part.indexOf('\n\n') + 2, -1))
    }
  }
}

// ---- payloads and packets

/** One packet is sent as it is. More are framed, each with its length. */
function split (payload) {
  if (!payload.startsWith('\ufffd')) return [payload]
  const packets = []
  for (let at = 0; at < payload.length;) {
    const mark = payload.indexOf('\ufffd', at + 1)
    const end = mark + 1 + Number(payload.slice(at + 1, mark))
    packets.push(payload.slice(mark + 1, end))
    at = end
  }
  return packets
}

const PACKET = /^(\d):(\d*)\+?:([^:]*):?([^]*)$/
const TYPE = { disconnect: '0', connect: '1', heartbeat: '2', message: '3', event: '5', ack: '6' }

class StandIn {
  #carry
  #listeners = new Map()
  #asked = new Map()
  #lastId = 0
  #write

  constructor (carry) {
    this.#carry = carry
  }

  on (name, listener) {
    this.#listeners.set(name, listener)
  }

  send (text) {
    this.#send(`3:::${text}`)
  }

  emit (name, ...args) {
    let id = ''
    if (typeof args.at(-1) === 'function') {
      id = `${++this.#lastId}`
      this.#asked.set(id, args.pop())
    }
    this.#send(`5:${id && `${id}+`}::${JSON.stringify({ name, args })}`)
  }

  /** Handshakes, receives until the connection ends, and begins again, unless the server has sent a disconnect packet. */
  async connect () {
    let over = false
    while (!over) {
      try {
        const [sid] = (await (await fetch(`${BASE}/?panel=${panel}`)).text()).split(':')
        await this.#carry(sid, {
          onOpen: (write) => { this.#write = write },
          onPayload: (payload) => {
            tellWire('in', payload, true)
            for (const packet of split(payload)) over = this.#take(packet) || over
          }
        })
      } catch {} // the server is not running, or the stream broke
      this.#call('disconnect')
      if (over) return
      await new Promise((resolve) => setTimeout(resolve, RETRY))
      this.#call('reconnecting')
    }
  }

  #send (packet) {
    tellWire('out', packet, true)
    this.#write?.(packet)
  }

  #call (name, ...args) {
    this.#listeners.get(name)?.(...args)
  }

  /** Whether the packet ends the session. */
  #take (packet) {
    const [, type, , , data] = PACKET.exec(packet) ?? []
    if (type === TYPE.connect) this.#call('connect')
    if (type === TYPE.heartbeat) this.#send('2::')
    if (type === TYPE.message) this.#call('message', data)
    if (type === TYPE.ack) this.#acked(data)
    if (type === TYPE.event) {
      const { name, args = [] } = JSON.parse(data)
      this.#call(name, ...args)
    }
    return type === TYPE.disconnect
  }

  #acked (data) {
    const [, id, args] = /^(\d+)\+?([^]*)$/.exec(data)
    this.#asked.get(id)?.(...(args === '' ? [] : JSON.parse(args)))
    this.#asked.delete(id)
  }
}

const socket = new StandIn(transport === 'flashsocket' ? flashsocket : xhrMultipart)
run(socket)
socket.connect()
