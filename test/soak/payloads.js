// The payloads of the kit, by the names that the soak has for dialects.
import { fromMessage, readBody, toBody, toForm as toEngineForm, toMessage } from '../kit/engine-io/payload.ts'
import { callback, DECODERS, fromPayload, toForm, toPayload } from '../kit/revision-1/payload.ts'

/** How an answer that never ends is read: for each stream, a function of its headers that makes one of text as it comes. */
export const STREAMS = DECODERS

const engine = (eio) => ({
  pack: (packets) => toBody(packets, eio),
  unpack: (body) => readBody(body, eio),
  unpackScript: (script) => readBody(script, eio, 0),
  toForm: toEngineForm,
  toMessage: (packet) => toMessage(packet, eio, false),
  fromMessage: (message) => fromMessage(message, eio, false)
})

const same = (packet) => packet

/** Bodies of POSTs and answers, and messages of WebSockets; bodies of scripts call callback 0. */
export const PAYLOADS = {
  'revision 1': {
    pack: toPayload,
    unpack: (body) => fromPayload(String(body)),
    unpackScript: (script) => fromPayload(callback(String(script)).payload),
    toForm,
    toMessage: same,
    fromMessage: same
  },
  'engine 3': engine(3),
  'engine 4': engine(4)
}
