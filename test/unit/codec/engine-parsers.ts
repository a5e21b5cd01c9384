// The parsers of the official clients, which read what we write, and write what we read: other people's word on each byte.
import { createRequire } from 'node:module'
import { decodePayload, encodePayload } from 'engine.io-parser'
import type { Packet as Packet4 } from 'engine.io-parser'
import type { EnginePacket } from '../../../src/codec/engine-io.js'

/** A packet as the parsers have it: without data where there is none. */
interface ParserPacket { type: string, data?: string | Buffer }

interface Parser3 {
  encodePayload (packets: ParserPacket[], binary: boolean, done: (payload: string | Buffer) => void): void
  decodePayload (payload: string | Buffer, binaryType: null, each: (packet: ParserPacket) => void): void
}

/** What a client does with payloads. */
export interface Peer {
  name: string
  /** @param binary whether it may write them as bytes */
  encode (packets: readonly EnginePacket[], binary: boolean): string | Buffer
  /** A packet of type `error`: it is no payload. */
  decode (payload: string | Buffer): EnginePacket[]
}

const require = createRequire(import.meta.url)
/** Text of a packet, `''` where there is none: the parsers leave empty data out. */
const filled = ({ type, data = '' }: ParserPacket): EnginePacket => ({ type, data } as EnginePacket)

function peer3 (name: string, client: string): Peer {
  const parser = createRequire(require.resolve(`${client}/package.json`))('engine.io-parser') as Parser3
  return {
    name,
    encode (packets, binary) {
      let payload: string | Buffer = ''
      parser.encodePayload([...packets], binary, (encoded) => { payload = encoded })
      return payload
    },
    decode (payload) {
      const packets: EnginePacket[] = []
      parser.decodePayload(payload, null, (packet) => { packets.push(filled(packet)) })
      return packets
    }
  }
}

/** Clients 1.4 to 1.7: their text is the string of its UTF-8 bytes. */
export const CLIENT_1 = peer3('client 1.x', 'engine.io-client-1')
/** Clients 2.x: their text is as it is. */
export const CLIENT_2 = peer3('client 2.x', 'engine.io-client-3')
/** Clients 3.x and 4.x. */
export const CLIENT_4: Peer = {
  name: 'client 4.x',
  encode (packets) {
    let payload = ''
    encodePayload(packets as Packet4[], (encoded) => { payload = encoded })
    return payload
  },
  decode: (payload) => decodePayload(String(payload), 'nodebuffer').map(filled)
}
