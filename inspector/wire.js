// Says in words what a frame means. Pure: no DOM, no I/O. What a peer sent is read as data: nothing here throws, or evaluates it.

/**
 * @typedef {'revision 1' | 'engine 3' | 'engine 4'} Dialect
 * @typedef {'open' | 'close' | 'heartbeat' | 'probe' | 'upgrade' | 'noop' | 'connect' | 'disconnect' | 'event' | 'ack' | 'message' | 'binary' | 'error' | 'unknown'} Kind
 * @typedef {{ kind: Kind, meaning: string }} Reading
 */

const SHOWN = 60 // characters of a name or text in a meaning

const cut = (text, most = SHOWN) => text.length > most ? `${text.slice(0, most)}…` : text
const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`
const seconds = (ms) => `${ms / 1000} s`
const inNamespace = (name) => name === '' || name === '/' ? '' : ` in ${cut(name)}`
const wantsAck = (id) => id === '' || id === undefined ? '' : `, asks for ack ${cut(id, 12)}`

function parse (json) {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** The name of an event in JSON that may have been cut: its first string, behind `before`. Only the begin is searched: a long one would fill the stack. */
const nameIn = (json, before) => new RegExp(`^${before}("(?:[^"\\\\]|\\\\.)*")`).exec(json.slice(0, 300))?.[1]

function eventOf (name, args, rest) {
  const parsed = name === undefined ? undefined : parse(name)
  if (typeof parsed !== 'string') return { kind: 'event', meaning: `event${rest}` }
  const values = Array.isArray(args) && args.length > 0 ? ` with ${count(args.length, 'argument')}` : ''
  return { kind: 'event', meaning: `event “${cut(parsed)}”${values}${rest}` }
}

// ---- revision 1 (docs/revision-1.md, Packets)

const ERRORS_1 = ['transport not supported', 'client not handshaken', 'unauthorized']

function readRevision1 (frame) {
  const [, type, id = '', plus = '', endpoint = '', data = ''] = /^(\d):(\d*)(\+?):([^:]*):?([^]*)$/.exec(frame) ?? []
  const where = inNamespace(endpoint)
  const asks = `${where}${wantsAck(id)}${id !== '' && plus === '' ? ' at once' : ''}`
  switch (type) {
    case '0': return { kind: 'disconnect', meaning: endpoint === '' ? 'disconnect: the session ends' : `disconnect${where}` }
    case '1': return { kind: 'connect', meaning: endpoint === '' ? 'connected' : `connect${where}` }
    case '2': return { kind: 'heartbeat', meaning: 'heartbeat' }
    case '3': return { kind: 'message', meaning: `message “${cut(data)}”${asks}` }
    case '4': return { kind: 'message', meaning: `JSON message${asks}` }
    case '5': return eventOf(nameIn(data, '\\{"name":'), parse(data)?.args, asks)
    case '6': {
      const [, acked = '', json = ''] = /^(\d*)\+?([^]*)$/.exec(data) ?? []
      const args = parse(json)
      return { kind: 'ack', meaning: `ack of ${cut(acked, 12)}${Array.isArray(args) ? ` with ${count(args.length, 'argument')}` : ''}${where}` }
    }
    case '7': {
      const [, reason, advice] = /^(\d?)(?:\+(\d))?/.exec(data) ?? []
      return { kind: 'error', meaning: `error${where}: ${ERRORS_1[Number(reason || NaN)] ?? 'no reason'}${advice === '0' ? '; reconnect' : ''}` }
    }
    case '8': return { kind: 'noop', meaning: 'no packet: end of this poll' }
    default: return { kind: 'unknown', meaning: 'no packet of revision 1' }
  }
}

// ---- Socket.IO packets in Engine.IO messages

const TYPES = ['connect', 'disconnect', 'event', 'ack', 'error', 'binary event', 'binary ack']

function readSocketIo (packet, dialect) {
  const [, type, attachments = '', namespace = '', id = '', json = ''] = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),?)?(\d*)([^]*)$/.exec(packet) ?? []
  if (type === undefined) return { kind: 'message', meaning: `message “${cut(packet)}”` }
  const where = inNamespace(namespace)
  const parts = attachments === '' ? '' : `, ${count(Number(attachments), 'binary attachment')} to come`
  switch (TYPES[Number(type)]) {
    case 'connect': return { kind: 'connect', meaning: `connect${where || ' to /'}${dialect === 'engine 4' && json !== '' ? ', with data' : ''}` }
    case 'disconnect': return { kind: 'disconnect', meaning: `disconnect${where || ' from /'}` }
    case 'error': return { kind: 'error', meaning: `connection refused${where}${json === '' ? '' : `: ${cut(json)}`}` }
    case 'ack':
    case 'binary ack': {
      const args = parse(json)
      return { kind: 'ack', meaning: `ack of ${cut(id, 12)}${Array.isArray(args) ? ` with ${count(args.length, 'argument')}` : ''}${where}${parts}` }
    }
    default: {
      const values = parse(json)
      return eventOf(nameIn(json, '\\['), Array.isArray(values) ? values.slice(1) : undefined, `${where}${wantsAck(id)}${parts}`)
    }
  }
}

// ---- Engine.IO (docs/engine-io.md)

function readOpen (json) {
  const { sid, pingInterval, pingTimeout, upgrades } = Object(parse(json))
  if (typeof sid !== 'string') return 'session opened'
  const beats = typeof pingInterval === 'number' && typeof pingTimeout === 'number' ? `; heartbeat each ${seconds(pingInterval)}, answer within ${seconds(pingTimeout)}` : ''
  const moves = Array.isArray(upgrades) && upgrades.length > 0 ? `; may move to ${cut(upgrades.join(', '))}` : ''
  return `session opened${beats}${moves}`
}

function readEngineIo (frame, dialect) {
  const data = frame.slice(1)
  switch (frame[0]) {
    case '0': return { kind: 'open', meaning: readOpen(data) }
    case '1': return { kind: 'close', meaning: 'close: the session ends' }
    case '2': return data === 'probe' ? { kind: 'probe', meaning: 'probe: does the WebSocket work?' } : { kind: 'heartbeat', meaning: dialect === 'engine 4' ? 'ping of the server' : 'ping of the client' }
    case '3': return data === 'probe' ? { kind: 'probe', meaning: 'probe: the WebSocket works' } : { kind: 'heartbeat', meaning: 'pong' }
    case '4': return readSocketIo(data, dialect)
    case '5': return { kind: 'upgrade', meaning: 'upgrade: moves to the WebSocket' }
    case '6': return { kind: 'noop', meaning: 'no packet: end of this poll' }
    case 'b': return { kind: 'binary', meaning: `binary data in base64, about ${count(Math.floor((data.length - (dialect === 'engine 3' ? 1 : 0)) * 3 / 4), 'byte')}` }
    default: return { kind: 'unknown', meaning: 'no packet of Engine.IO' }
  }
}

/** Makes control characters visible: some of them separate the packets of a payload. */
export const visible = (text) => text.replace(/\p{Cc}/gu, (character) => character < ' ' ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : '·')

/**
 * Says what one frame means: the contents of a WebSocket message, or one packet of a payload. It may have been cut.
 * @param {string | Uint8Array | ArrayBuffer} frame
 * @param {Dialect} dialect
 * @returns {Reading}
 */
export function readFrame (frame, dialect) {
  if (typeof frame !== 'string') return { kind: 'binary', meaning: `binary data, ${count(frame.byteLength, 'byte')}` }
  return dialect === 'revision 1' ? readRevision1(frame) : readEngineIo(frame, dialect)
}

// ---- payloads: the bodies of polls and POSTs

function framesOfRevision1 (text) {
  if (!text.startsWith('\ufffd')) return [text]
  const frames = []
  for (let at = 0; text[at] === '\ufffd';) {
    const end = text.indexOf('\ufffd', at + 1)
    const length = Number(text.slice(at + 1, end))
    if (end === -1 || !Number.isInteger(length)) break
    frames.push(text.slice(end + 1, end + 1 + length))
    at = end + 1 + length
  }
  return frames
}

function framesOfEngine3 (text) {
  const frames = []
  for (let at = 0; at < text.length;) {
    const [head, length] = /^(\d+):/.exec(text.slice(at, at + 20)) ?? []
    if (head === undefined) return frames.length === 0 ? [text] : frames
    at += head.length
    frames.push(text.slice(at, at + Number(length)))
    at += Number(length)
  }
  return frames
}

/** A binary payload of Engine.IO 3: for each packet 0 (text) or 1 (binary), the digits of its length as bytes, 255, the packet. */
function framesOfBytes (bytes) {
  const frames = []
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(255, at + 1)
    if (end === -1 || end - at > 12) break
    const length = Number(bytes.subarray(at + 1, end).join(''))
    const packet = bytes.subarray(end + 1, end + 1 + length)
    frames.push(bytes[at] === 0 ? new TextDecoder().decode(packet) : packet)
    at = end + 1 + length
  }
  return frames
}

/**
 * Splits the body of a poll or POST into its frames.
 * @param {string | ArrayBuffer | Uint8Array} payload
 * @param {Dialect} dialect
 * @returns {(string | Uint8Array)[]}
 */
export function framesOf (payload, dialect) {
  if (typeof payload !== 'string') return framesOfBytes(payload instanceof Uint8Array ? payload : new Uint8Array(payload))
  if (dialect === 'revision 1') return framesOfRevision1(payload)
  return dialect === 'engine 3' ? framesOfEngine3(payload) : payload.split('\x1e')
}
