import t from 'tap'
import { ProtocolError } from '../../../src/codec/packet.js'
import { revision1 } from '../../../src/codec/revision-1.js'
import { stopwatch } from '../../kit/stopwatch.js'

const M = '\ufffd'

// Bytes of the transcripts (xhr-polling burst-out, burst-out-non-bmp, event-plain-id, message-data-ack).
const FRAMED: readonly { name: string, payload: string, frames: string[] }[] = [
  { name: 'a burst', payload: `${M}7${M}3:::one${M}13${M}4:::{"two":2}${M}35${M}5:::{"name":"three","args":[3,"x"]}`, frames: ['3:::one', '4:::{"two":2}', '5:::{"name":"three","args":[3,"x"]}'] },
  { name: 'characters beyond the BMP, counted as two', payload: `${M}8${M}3:::a😀b${M}5${M}3:::é${M}5${M}3:::z`, frames: ['3:::a😀b', '3:::é', '3:::z'] },
  { name: 'an ack before its event', payload: `${M}5${M}6:::1${M}32${M}5:::{"name":"echo","args":["x"]}`, frames: ['6:::1', '5:::{"name":"echo","args":["x"]}'] },
  { name: 'U+FFFD inside the data', payload: `${M}7${M}3:::a${M}b${M}8${M}3:::${M}5${M}x`, frames: [`3:::a${M}b`, `3:::${M}5${M}x`] },
  { name: 'lone surrogates', payload: `${M}5${M}3:::\ud83d${M}5${M}3:::\ude00`, frames: ['3:::\ud83d', '3:::\ude00'] },
  { name: 'line separators', payload: `${M}7${M}3:::a\u2028b${M}3${M}8::`, frames: ['3:::a\u2028b', '8::'] }
]

t.test('several packets are framed with their lengths in UTF-16 units', async (t) => {
  for (const { name, payload, frames } of FRAMED) {
    t.strictSame(revision1.decodePayload(payload), frames, `${name}: read`)
    t.equal(revision1.encodePayload(frames), payload, `${name}: written`)
  }
})

t.test('one packet is bare', async (t) => {
  t.equal(revision1.encodePayload(['3:::only']), '3:::only')
  t.strictSame(revision1.decodePayload('3:::only'), ['3:::only'])
  t.strictSame(revision1.decodePayload(`3:::a${M}4${M}b`), [`3:::a${M}4${M}b`], 'U+FFFD later on frames nothing')
})

t.test('one packet may be framed', async (t) => {
  t.strictSame(revision1.decodePayload(`${M}7${M}3:::abc`), ['3:::abc'])
})

t.test('an empty body holds no packets', async (t) => {
  t.strictSame(revision1.decodePayload(''), [])
})

t.test('frames that are bytes are written as their text', async (t) => {
  t.equal(revision1.encodePayload([Buffer.from('3:::é')]), '3:::é')
  t.equal(revision1.encodePayload([Buffer.from('3:::é'), '8::']), `${M}5${M}3:::é${M}3${M}8::`)
})

t.test('a length beyond the end takes the rest', async (t) => {
  t.strictSame(revision1.decodePayload(`${M}8${M}3:::abc`), ['3:::abc'])
  t.strictSame(revision1.decodePayload(`${M}3${M}8::${M}99${M}3:::abc`), ['8::', '3:::abc'])
  t.strictSame(revision1.decodePayload(`${M}9999999999999999${M}3:::abc`), ['3:::abc'])
  t.strictSame(revision1.decodePayload(`${M}5${M}`), [''])
})

t.test('a length of zero is an empty frame, and leading zeros count for nothing', async (t) => {
  t.strictSame(revision1.decodePayload(`${M}0${M}${M}0${M}`), ['', ''])
  t.strictSame(revision1.decodePayload(`${M}007${M}3:::abc${M}3${M}8::`), ['3:::abc', '8::'])
})

t.test('a bad packet in a payload does not stop the others', async (t) => {
  const frames = revision1.decodePayload(`${M}7${M}garbage${M}7${M}3:::two`)
  t.strictSame(frames, ['garbage', '3:::two'])
  t.throws(() => revision1.decodePacket(String(frames[0])), ProtocolError)
  t.strictSame(revision1.decodePacket(String(frames[1])), { type: 'message', endpoint: '', data: 'two' })
})

const BROKEN: readonly { name: string, payload: string }[] = [
  { name: 'a lone mark', payload: M },
  { name: 'two marks', payload: M + M },
  { name: 'no length', payload: `${M}${M}3:::abc` },
  { name: 'a length without an end', payload: `${M}7` },
  { name: 'a length without an end, and data', payload: `${M}73:::abc` },
  { name: 'a negative length', payload: `${M}-4${M}x` },
  { name: 'a negative length that leads back', payload: `${M}3${M}8::${M}-5${M}x` },
  { name: 'a fractional length', payload: `${M}7.5${M}3:::abc` },
  { name: 'an exponent', payload: `${M}1e3${M}3:::abc` },
  { name: 'a hexadecimal length', payload: `${M}0x7${M}3:::abc` },
  { name: 'a signed length', payload: `${M}+7${M}3:::abc` },
  { name: 'a length with spaces', payload: `${M} 7 ${M}3:::abc` },
  { name: 'a length with a newline', payload: `${M}7\n${M}3:::abc` },
  { name: 'a length in other digits', payload: `${M}٧${M}3:::abc` },
  { name: 'Infinity', payload: `${M}Infinity${M}3:::abc` },
  { name: 'a length of 17 digits', payload: `${M}00000000000000007${M}3:::abc` },
  { name: 'a length of 400 digits', payload: `${M}${'9'.repeat(400)}${M}3:::abc` },
  { name: 'no mark between frames', payload: `${M}3${M}8::3${M}8::` },
  { name: 'too short a length', payload: `${M}6${M}3:::abc${M}3${M}8::` },
  { name: 'a lone surrogate for a length', payload: `${M}\ud83d${M}3:::abc` }
]

t.test('broken framing is a ProtocolError', async (t) => {
  for (const { name, payload } of BROKEN) t.throws(() => revision1.decodePayload(payload), ProtocolError, name)
})

/** The fastest of some runs, in ms: what else the machine does is left out. */
function fastest (run: () => void): number {
  let best = Infinity
  for (let round = 0; round < 7; round++) {
    const passed = stopwatch()
    run()
    best = Math.min(best, passed())
  }
  return best
}

function attempt (decode: (text: string) => unknown, text: string): void {
  try {
    decode(text)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
}

const HOSTILE: readonly { name: string, decode: (text: string) => unknown, make: (n: number) => string }[] = [
  { name: 'empty frames', decode: revision1.decodePayload, make: (n) => `${M}0${M}`.repeat(n) },
  { name: 'frames of one unit', decode: revision1.decodePayload, make: (n) => `${M}1${M}x`.repeat(n) },
  { name: 'marks alone', decode: revision1.decodePayload, make: (n) => M.repeat(n * 3) },
  { name: 'a length of digits alone', decode: revision1.decodePayload, make: (n) => M + '9'.repeat(n * 3) },
  { name: 'frames, the last of them broken', decode: revision1.decodePayload, make: (n) => `${M}0${M}`.repeat(n) + M + '1'.repeat(n) },
  { name: 'an id of digits alone', decode: revision1.decodePacket, make: (n) => '3:' + '1'.repeat(n * 10) },
  { name: 'colons alone', decode: revision1.decodePacket, make: (n) => '3' + ':'.repeat(n * 10) },
  { name: 'an ack of digits that is none', decode: revision1.decodePacket, make: (n) => '6:::' + '1'.repeat(n * 10) + 'x' },
  { name: 'an error of digits that is none', decode: revision1.decodePacket, make: (n) => '7:::' + '1'.repeat(n * 10) + '+' + '1'.repeat(n * 10) + 'x' }
]

t.test('the time to read hostile input grows with its length, not with its square', async (t) => {
  for (const { name, decode, make } of HOSTILE) {
    const small = make(20_000)
    const large = make(160_000)
    // A busy machine spoils a measurement now and then; what is quadratic fails each of them.
    let ratio = Infinity
    for (let tries = 0; ratio >= 32 && tries < 10; tries++) {
      ratio = fastest(() => attempt(decode, large)) / Math.max(fastest(() => attempt(decode, small)), 0.05)
    }
    t.ok(ratio < 32, `${name}: eight times the input takes ${ratio.toFixed(1)} times as long`)
  }
})

// As socketIO-client for Python and gevent-socketio count.
t.test('lengths in code points, or in bytes of UTF-8, are taken where a whole body fits them', async (t) => {
  const packets = ['3:::a😀b', '5:::{"name":"é"}', '3:::中', '2::']
  const framed = (count: (packet: string) => number): string => packets.map((packet) => `${M}${count(packet)}${M}${packet}`).join('')
  t.strictSame(revision1.decodePayload(framed((packet) => packet.length)), packets, 'UTF-16 units')
  t.strictSame(revision1.decodePayload(framed((packet) => [...packet].length)), packets, 'code points')
  t.strictSame(revision1.decodePayload(framed((packet) => Buffer.byteLength(packet))), packets, 'bytes')
})

t.test('where the right lengths fit, no others are looked at; where none do, nothing is read', async (t) => {
  // In code points, the first frame would be one longer, and the second begin a character later.
  const twofold = `${M}6${M}3:::😀${M}3${M}2::`
  t.strictSame(revision1.decodePayload(twofold), ['3:::😀', '2::'])
  t.strictSame(revision1.decodePayload(`${M}5${M}3:::😀${M}3${M}2::`), ['3:::😀', '2::'], 'code points')
  t.strictSame(revision1.decodePayload(`${M}8${M}3:::😀${M}3${M}2::`), ['3:::😀', '2::'], 'bytes')
  for (const length of [4, 7, 9, 10]) t.throws(() => revision1.decodePayload(`${M}${length}${M}3:::😀${M}3${M}2::`), ProtocolError, String(length))
  t.throws(() => revision1.decodePayload(`${M}5${M}3:::😀${M}8${M}3:::😀`), ProtocolError, 'one in code points, one in bytes')
})

t.test('what fits no length takes time in proportion', async (t) => {
  const payload = `${M}3${M}2::`.repeat(100_000) + `${M}4${M}2::😀${M}`
  const passed = stopwatch()
  t.throws(() => revision1.decodePayload(payload), ProtocolError)
  t.ok(passed() < 2000)
})
