// What the sessions over a WebSocket say. Each says something else, as users do: what a server keeps of a text that it sends again is
// to show in broadcasts alone.
import { frame } from './websocket-link.mjs'

const VARIANTS = 64

const vary = (message, i) => message.slice(0, -2) + String(i).padStart(2, '0')

/** @param encode a message as the client sends it; @param decode as the server sends it */
export function prepareMessages (context, encode, decode = encode) {
  context.messages = Array.from({ length: VARIANTS }, (_, i) => {
    const text = vary(context.options.message, i)
    return { bytes: frame(encode(text)), expected: Buffer.from(decode(text)) }
  })
  context.opened = 0
  context.broadcast = frame(encode('bcast'))
}
