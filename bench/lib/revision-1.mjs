// What the dialects of revision 1 share.
import { get } from './http-link.mjs'

let handshakes = 0

/** @param callback (error, session id) */
export function handshake (link, { address, options }, callback) {
  link.open(get(address, `${options.path}/1/?t=${Date.now()}${handshakes++}`), (status, body, error) => {
    if (error !== null || status !== 200) callback(error ?? new Error(`handshake: ${status} ${body}`))
    else callback(null, body.latin1Slice(0, body.indexOf(':')))
  })
}

/** Whether that is a good answer to a POST. */
export const acknowledged = (status, body) => status === 200 && body.length === 1 && body[0] === 0x31

/** The packets of a payload. Lengths are in UTF-16 code units. */
export function decodePayload (text) {
  if (text[0] !== '\ufffd') return text === '' ? [] : [text]
  const packets = []
  for (let at = 0; at < text.length;) {
    const start = text.indexOf('\ufffd', at + 1) + 1
    const end = start + Number(text.slice(at + 1, start - 1))
    packets.push(text.slice(start, end))
    at = end
  }
  return packets
}

/** What a payload other than the expected one holds: echoes, and whether the server's heartbeat wants an answer. */
export function readPayload (text) {
  const packets = decodePayload(text)
  const end = packets.find((packet) => packet[0] === '0' || packet[0] === '7')
  if (end !== undefined) throw new Error(`ended by the server: ${end}`)
  return { echoes: packets.filter((packet) => packet[0] === '3').length, heartbeat: packets.some((packet) => packet[0] === '2') }
}
