// What the dialects of Engine.IO share. `options.app` says what its messages hold: `raw` text, or packets of Socket.IO 5 (`sio5`).

/** A message of the application as a packet. */
export const wrap = (app, text) => app === 'sio5' ? `42["message",${JSON.stringify(text)}]` : `4${text}`

/** Whether that is a good answer to a POST: `ok`. */
export const acknowledged = (status, body) => status === 200 && body.length === 2 && body[0] === 0x6f

/** The payloads of a generation. Those of 3 are binary as soon as a message is not ASCII, which is not read here. */
const PAYLOADS = {
  3: {
    encode: (packet) => `${packet.length}:${packet}`,
    decode (text) {
      const packets = []
      for (let at = 0; at < text.length;) {
        const start = text.indexOf(':', at) + 1
        const end = start + Number(text.slice(at, start - 1))
        if (!(end > start)) throw new Error(`no payload of text: ${text}`)
        packets.push(text.slice(start, end))
        at = end
      }
      return packets
    }
  },
  4: { encode: (packet) => packet, decode: (text) => text.split('\x1e') }
}

export const payloads = (generation) => PAYLOADS[generation]

/** What the packets other than the expected one hold: echoes, and whether the server's ping wants an answer. */
export function readPackets (packets) {
  if (packets.some((packet) => packet[0] === '1')) throw new Error('ended by the server')
  return { echoes: packets.filter((packet) => packet[0] === '4').length, ping: packets.some((packet) => packet[0] === '2') }
}
