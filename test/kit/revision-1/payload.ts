// Payloads of revision 1 as the old client reads and writes them. Written apart from the codec under test, so that both cannot be wrong in
// the same way.
import type { IncomingHttpHeaders } from 'node:http'
import type { Revision1Transport } from '../../../src/transports/index.js'

/** The packets of a payload; lengths are UTF-16 code units. */
export function fromPayload (payload: string): string[] {
  if (!payload.startsWith('\ufffd')) return payload === '' ? [] : [payload]
  const packets: string[] = []
  for (let at = 0; at < payload.length;) {
    const end = payload.indexOf('\ufffd', at + 1)
    const digits = payload.slice(at + 1, end)
    const length = Number(digits)
    if (payload[at] !== '\ufffd' || end < 0 || digits === '' || !(length <= payload.length - end - 1)) throw new Error(`bad framing at ${at}`)
    packets.push(payload.slice(end + 1, end + 1 + length))
    at = end + 1 + length
  }
  return packets
}

export const toPayload = (packets: readonly string[]): string =>
  packets.length === 1 ? packets.join('') : packets.map((packet) => `\ufffd${packet.length}\ufffd${packet}`).join('')

/** The form body of a JSONP client. */
export const toForm = (payload: string): string => `d=${encodeURIComponent(JSON.stringify(payload))}`

// ---- what comes down

/** Takes text as it arrives, and `over` behind the last; gives packets. */
export type Decoder = (text: string, over: boolean) => string[]

/** Reads an answer that has an end. */
function atEnd (read: (text: string) => string[]): Decoder {
  let all = ''
  return (text, over) => {
    all += text
    return over ? read(all) : []
  }
}

const readText = (): Decoder => atEnd(fromPayload)

/** Evaluates the script as a browser of the time did: a raw line separator is a syntax error. */
export function callback (text: string): { index: string, payload: string } {
  const [, index, literal] = /^io\.j\[(\d+)\]\(("[^\u2028\u2029\n\r]*")\);$/.exec(text) ?? []
  if (index === undefined || literal === undefined) throw new Error(`not a callback: ${text}`)
  return { index, payload: JSON.parse(literal) as string }
}

const readScript = (): Decoder => atEnd((text) => fromPayload(callback(text).payload))

/** Cuts pieces that end with `end` off the text that has arrived, after a prologue of so many characters. */
function pieces (prologue: number, end: string, read: (piece: string) => string): Decoder {
  let [rest, at] = ['', prologue]
  return (text) => {
    rest += text
    const packets: string[] = []
    for (let to = rest.indexOf(end, at); to >= 0; to = rest.indexOf(end, at)) {
      packets.push(...fromPayload(read(rest.slice(at, to))))
      rest = rest.slice(to + end.length)
      at = 0
    }
    return packets
  }
}

/** A parser of HTML ends a script at the first end tag, whatever the script says. */
const readElements = (): Decoder => pieces(256, '</script>', (element) => {
  const [, literal] = /^<script>_\(("[^\u2028\u2029\n\r]*")\);$/.exec(element) ?? []
  if (literal === undefined) throw new Error(`not a script element: ${element}`)
  return JSON.parse(literal) as string
})

export const boundaryOf = (headers: IncomingHttpHeaders): string =>
  /^multipart\/x-mixed-replace;boundary="([^"]+)"$/.exec(headers['content-type'] ?? '')?.[1] ?? ''

function readParts (headers: IncomingHttpHeaders): Decoder {
  const line = `--${boundaryOf(headers)}\n`
  const head = 'Content-Type: text/plain\n\n'
  return pieces(line.length, `\n${line}`, (part) => {
    if (!part.startsWith(head)) throw new Error(`not a part: ${part}`)
    return part.slice(head.length)
  })
}

/** How the answer of a transport is read; of a poll at its end, of a stream as it comes. */
export const DECODERS: Record<Exclude<Revision1Transport, 'websocket' | 'flashsocket'>, (headers: IncomingHttpHeaders) => Decoder> = {
  'xhr-polling': readText,
  'jsonp-polling': readScript,
  htmlfile: readElements,
  'xhr-multipart': readParts
}
