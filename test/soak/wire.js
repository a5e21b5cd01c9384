// How packets stand in the bodies of each dialect, as the clients of the soak write and read them: strings, and Buffers for binary
// messages. Written apart from the codecs under test, so that both cannot be wrong in the same way.

const SEPARATOR = '\x1e'
const MARK = '\ufffd'

/** `MARK length MARK packet` of revision 1, `length:packet` of Engine.IO 3; lengths are UTF-16 code units. */
function readLengths (text, before, after) {
  const packets = []
  for (let at = 0; at < text.length;) {
    const start = text.indexOf(after, at + before.length) + after.length
    const length = Number(text.slice(at + before.length, start - after.length))
    if (!text.startsWith(before, at) || start <= at || !(start + length <= text.length)) throw new Error(`bad framing: ${text.slice(at, at + 80)}`)
    packets.push(text.slice(start, start + length))
    at = start + length
  }
  return packets
}

/** Engine.IO 3's other form: 0 for text or 1 for binary, the decimal digits of the length in bytes as bytes, 255, the packet. */
function readBytes (body) {
  const packets = []
  for (let at = 0; at < body.length;) {
    const mark = body.indexOf(255, at)
    const end = mark + 1 + Number(body.subarray(at + 1, mark).join(''))
    const bytes = body.subarray(mark + 1, end)
    if (mark <= at + 1 || bytes.length !== end - mark - 1) throw new Error('bad binary framing')
    packets.push(body[at] === 0 ? bytes.toString() : bytes.subarray(1))
    at = end
  }
  return packets
}

const toBase64 = (prefix) => (packet) => typeof packet === 'string' ? packet : prefix + packet.toString('base64')
const fromBase64 = (prefix) => (text) => text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), 'base64') : text

/** The payloads of each dialect: `unpack` takes text, or the bytes of a body that is no script. */
export const PAYLOADS = {
  'revision 1': {
    pack: (packets) => packets.length === 1 ? packets[0] : packets.map((packet) => `${MARK}${packet.length}${MARK}${packet}`).join(''),
    unpack: (body) => {
      const text = String(body)
      if (!text.startsWith(MARK)) return text === '' ? [] : [text]
      return readLengths(text, MARK, MARK)
    }
  },
  'engine 3': {
    pack: (packets) => packets.map(toBase64('b4')).map((text) => `${text.length}:${text}`).join(''),
    unpack: (body) => body[0] === 0 || body[0] === 1 ? readBytes(body) : readLengths(String(body), '', ':').map(fromBase64('b4'))
  },
  'engine 4': {
    pack: (packets) => packets.map(toBase64('b')).join(SEPARATOR),
    unpack: (body) => String(body).split(SEPARATOR).map(fromBase64('b'))
  }
}

/** The payload in a script that calls `callback` with it. A raw line separator in it was a syntax error to browsers of the time. */
export function fromScript (script, callback) {
  const text = String(script)
  const literal = text.slice(callback.length + 1, -2)
  if (text !== `${callback}(${literal});` || /[\u2028\u2029\n\r]/.test(literal)) throw new Error(`no call of ${callback}: ${text.slice(0, 80)}`)
  return JSON.parse(literal)
}

/** The form of a POST by script; Engine.IO's clients save the newlines that a form changes. */
export function toForm (payload, dialect) {
  const field = dialect === 'revision 1' ? JSON.stringify(payload) : payload.replace(/\\n/g, '\\\\n').replace(/\n/g, '\\n')
  return `d=${encodeURIComponent(field)}`
}

// ---- streams of revision 1

/** Cuts what has arrived into pieces that end with `end`, after a prologue. */
function pieces (prologue, end, read) {
  let rest = ''
  let begun = false
  return (text) => {
    rest += text
    if (!begun) {
      if (rest.length < prologue) return []
      rest = rest.slice(prologue)
      begun = true
    }
    const all = rest.split(end)
    rest = all.pop()
    return all.flatMap((piece) => PAYLOADS['revision 1'].unpack(read(piece)))
  }
}

function after (head, text) {
  if (!text.startsWith(head)) throw new Error(`no ${head} but ${text.slice(0, 80)}`)
  return text.slice(head.length)
}

/** For each stream: makes the function that takes text as it arrives and gives packets. */
export const STREAMS = {
  htmlfile: () => pieces(256, ');</script>', (element) => JSON.parse(after('<script>_(', element))),
  'xhr-multipart': (headers) => {
    const boundary = `--${/boundary="([^"]+)"/.exec(headers['content-type'])?.[1]}\n`
    return pieces(boundary.length, `\n${boundary}`, (part) => after('Content-Type: text/plain\n\n', part))
  }
}

// ---- WebSockets

/** A packet as a message, and back; Engine.IO 3 says of a binary message what it is. */
export const toWebSocket = (packet, dialect) => typeof packet !== 'string' && dialect === 'engine 3' ? Buffer.concat([Buffer.of(4), packet]) : packet

export function fromWebSocket (data, isBinary, dialect) {
  if (!isBinary) return String(data)
  return dialect === 'engine 3' ? data.subarray(1) : data
}
