// What frames mean, in words.
import t from 'tap'
import { framesOf, readFrame, visible } from '../../inspector/wire.js'
import type { DialectName } from '../../types/socket.js'

const WORDS: Record<DialectName, ReadonlyArray<readonly [frame: string, kind: string, meaning: string]>> = {
  'revision 1': [
    ['0::', 'disconnect', 'disconnect: the session ends'],
    ['0::/chat', 'disconnect', 'disconnect in /chat'],
    ['1::', 'connect', 'connected'],
    ['1::/chat:?a=1', 'connect', 'connect in /chat'],
    ['2::', 'heartbeat', 'heartbeat'],
    ['3:1::hi', 'message', 'message “hi”, asks for ack 1 at once'],
    ['4:::{}', 'message', 'JSON message'],
    ['5:1+::{"name":"chat","args":[1,2]}', 'event', 'event “chat” with 2 arguments, asks for ack 1'],
    ['6:::1+["x"]', 'ack', 'ack of 1 with 1 argument'],
    ['7:::1+0', 'error', 'error: client not handshaken; reconnect'],
    ['8::', 'noop', 'no packet: end of this poll'],
    ['no colons', 'unknown', 'no packet of revision 1']
  ],
  'engine 3': [
    ['2', 'heartbeat', 'ping of the client'],
    ['3', 'heartbeat', 'pong'],
    ['40', 'connect', 'connect to /'],
    ['b4AAAA', 'binary', 'binary data in base64, about 3 bytes']
  ],
  'engine 4': [
    ['0{"sid":"a","pingInterval":25000,"pingTimeout":20000,"upgrades":["websocket"]}', 'open', 'session opened; heartbeat each 25 s, answer within 20 s; may move to websocket'],
    ['1', 'close', 'close: the session ends'],
    ['2', 'heartbeat', 'ping of the server'],
    ['2probe', 'probe', 'probe: does the WebSocket work?'],
    ['3probe', 'probe', 'probe: the WebSocket works'],
    ['40/chat,{"token":"t"}', 'connect', 'connect in /chat, with data'],
    ['42["say","hello",1]', 'event', 'event “say” with 2 arguments'],
    ['42/chat,7["say"]', 'event', 'event “say” in /chat, asks for ack 7'],
    ['4312["a"]', 'ack', 'ack of 12 with 1 argument'],
    ['451-["image",{"_placeholder":true,"num":0}]', 'event', 'event “image” with 1 argument, 1 binary attachment to come'],
    ['41', 'disconnect', 'disconnect from /'],
    ['44{"message":"no"}', 'error', 'connection refused: {"message":"no"}'],
    ['4hello', 'message', 'message “hello”'],
    ['5', 'upgrade', 'upgrade: moves to the WebSocket'],
    ['6', 'noop', 'no packet: end of this poll'],
    ['', 'unknown', 'no packet of Engine.IO']
  ]
}

for (const [dialect, rows] of Object.entries(WORDS) as Array<[DialectName, typeof WORDS[DialectName]]>) {
  t.test(`${dialect}: a frame is said in words`, async (t) => {
    for (const [frame, kind, meaning] of rows) t.strictSame(readFrame(frame, dialect), { kind, meaning }, frame)
    t.strictSame(readFrame(new Uint8Array(3), dialect), { kind: 'binary', meaning: 'binary data, 3 bytes' })
  })
}

const HOSTILE = [
  '42{"slice":1}', '42["__proto__"', '42[null]', '43{"length":9}', '0null', '0{"sid":"a","upgrades":{"join":1}}', '0[]', '45999999999999-[]', '42[1e999]',
  '5:::{"name":"constructor","args":{"length":3}}', '5:::null', '6:::9999999999+{}', '7:::9+9', '4\u0000\u2028', `4${'['.repeat(100_000)}`, `42["${'\\'.repeat(50_001)}`, '\ud800'
]

t.test('hostile frames are read without an error, and their words are short', async (t) => {
  for (const dialect of Object.keys(WORDS) as DialectName[]) {
    t.same(HOSTILE.map((frame) => readFrame(frame, dialect).meaning).filter((meaning) => meaning.length > 300), [], dialect)
  }
})

t.test('bodies of polls and POSTs are split into frames', async (t) => {
  t.strictSame(framesOf('\ufffd3\ufffd1::\ufffd3\ufffd2::', 'revision 1'), ['1::', '2::'])
  t.strictSame(framesOf('1::', 'revision 1'), ['1::'])
  t.strictSame(framesOf('2:404:2abc', 'engine 3'), ['40', '2abc'])
  t.strictSame(framesOf(new Uint8Array([0, 2, 255, 52, 48, 1, 3, 255, 4, 1, 2]), 'engine 3'), ['40', new Uint8Array([4, 1, 2])])
  t.strictSame(framesOf('40\x1e2', 'engine 4'), ['40', '2'])
  t.strictSame(framesOf('\ufffdx\ufffd1::', 'revision 1'), [], 'a length that is none')
  t.strictSame(framesOf(new Uint8Array([0, 1, 2]), 'engine 3'), [])
})

t.test('control characters are visible', async (t) => t.equal(visible('a\x1eb\x7f'), 'a␞b·'))
