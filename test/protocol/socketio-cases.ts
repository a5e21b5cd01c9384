// The messages of Socket.IO protocols 4 and 5, which are the same, against the application that the suite of 5 expects.
import type { Test } from 'tap'
import type { WebSocketClient } from '../kit/websocket.js'

export const TWO_BUFFERS = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}'
const BUFFERS = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]

/**
 * @param connect opens a WebSocket in the main namespace, its greeting read
 * @param toMessage a binary attachment as the WebSocket message that carries it
 */
export function messageCases (t: Test, connect: () => Promise<WebSocketClient>, toMessage: (bytes: Uint8Array) => Uint8Array): void {
  const buffers = BUFFERS.map(toMessage)

  t.test('messages', async (t) => {
    const exchanges = [
      { name: 'an event', send: ['42["message",1,"2",{"3":[true]}]'], back: ['42["message-back",1,"2",{"3":[true]}]'] },
      { name: 'an event of any characters', send: ['42["message","\\u2028 \\"😀\\" é \\ufffd"]'], back: ['42["message-back","\u2028 \\"😀\\" é \ufffd"]'] },
      { name: 'an event with binary parts', send: [`452-["message",${TWO_BUFFERS}]`, ...buffers], back: [`452-["message-back",${TWO_BUFFERS}]`, ...buffers] },
      { name: 'an event that asks for an acknowledgement', send: ['42456["message-with-ack",1,"2",{"3":[false]}]'], back: ['43456[1,"2",{"3":[false]}]'] },
      { name: 'an event with binary parts that asks for one', send: [`452-789["message-with-ack",${TWO_BUFFERS}]`, ...buffers], back: [`462-789[${TWO_BUFFERS}]`, ...buffers] }
    ]
    for (const { name, send, back } of exchanges) {
      await t.test(`${name} is answered`, async (t) => {
        const wire = await connect()
        wire.send(...send)
        t.strictSame(await wire.take(back.length), back.map((message) => typeof message === 'string' ? message : Buffer.from(message)))
        wire.close()
      })
    }

    const malformed = [
      { name: 'of an unknown type', send: ['4abc'] },
      { name: 'whose payload is no list', send: ['42{}'] },
      { name: 'whose acknowledgement id is no number', send: ['42abc["message-with-ack",1,"2",{"3":[false]}]'] },
      { name: 'that is a binary attachment and nothing announced', send: buffers.slice(0, 1) },
      { name: 'that interrupts the attachments of another', send: [`452-["message",${TWO_BUFFERS}]`, '42["message"]'] }
    ]
    for (const { name, send } of malformed) {
      await t.test(`a packet ${name} closes the connection`, async () => {
        const wire = await connect()
        wire.send(...send)
        await wire.closed
      })
    }
  })
}
