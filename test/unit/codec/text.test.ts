import fc from 'fast-check'
import t from 'tap'
import { fromByteString, isAscii, toAsciiJson, toByteString } from '../../../src/codec/text.js'
import { show } from './show.js'

/** Text, and the string of its UTF-8 bytes. */
const BYTES: readonly [text: string, bytes: string][] = [
  ['', ''],
  ['ascii \0\x7f', 'ascii \0\x7f'],
  ['\x80', '\xc2\x80'],
  ['é', '\xc3\xa9'],
  ['\u07ff', '\xdf\xbf'],
  ['\u0800', '\xe0\xa0\x80'],
  ['漢', '\xe6\xbc\xa2'],
  ['\u2028', '\xe2\x80\xa8'],
  ['\uffff', '\xef\xbf\xbf'],
  ['\u{10000}', '\xf0\x90\x80\x80'],
  ['😀', '\xf0\x9f\x98\x80'],
  ['\u{10ffff}', '\xf4\x8f\xbf\xbf'],
  ['aéb漢c😀d', 'a\xc3\xa9b\xe6\xbc\xa2c\xf0\x9f\x98\x80d']
]

for (const [text, bytes] of BYTES) {
  t.test(`${show(text)} as the string of its UTF-8 bytes, both ways`, async (t) => {
    t.equal(toByteString(text), bytes)
    t.equal(fromByteString(bytes), text)
    t.equal(isAscii(text), text === bytes)
  })
}

t.test('what is no string of UTF-8 bytes is none', async (t) => {
  for (const text of ['\x80', '\xc3', 'é', 'a\xc3', '\xc3\xc3\xa9', '\xa9\xc3', '\xc0\xaf', '\xc1\xbf', '\xe2\x80', '\xf0\x9f\x98', '\xf4\x90\x80\x80', '\xf5\x80\x80\x80', '\xff', '漢', '😀', '\ud83d', '\xc3\xa9漢']) {
    t.equal(fromByteString(text), undefined, show(text))
  }
})

// The encoders of 1.x wrote half a pair as if it were a character.
t.test('surrogates written one by one are read as what they were', async (t) => {
  t.equal(fromByteString('\xed\xa0\xbd'), '\ud83d')
  t.equal(fromByteString('\xed\xa0\xbd\xed\xb8\x80'), '😀')
})

t.test('any text that has a form in UTF-8 survives its way through bytes', async (t) => {
  const { failed, counterexample } = fc.check(fc.property(fc.string({ unit: 'binary' }), (text) => fromByteString(toByteString(text)) === text), { numRuns: 1000 })
  t.notOk(failed, fc.stringify(counterexample))
})

t.test('any text at all is taken without an error', async (t) => {
  const unit = fc.oneof(fc.integer({ min: 0x80, max: 0xff }), fc.integer({ min: 0, max: 0xffff }))
  const text = fc.array(unit, { maxLength: 20 }).map((units) => String.fromCharCode(...units))
  const { failed, counterexample } = fc.check(fc.property(text, (bytes) => {
    const read = fromByteString(bytes)
    return read === undefined || read.length <= bytes.length
  }), { numRuns: 1000 })
  t.notOk(failed, fc.stringify(counterexample))
})

/** Frames, and what is written while nobody knows how the client writes. */
const JSON_FRAMES: readonly [frame: string, written: string][] = [
  ['42["é"]', '42["\\u00e9"]'],
  ['42["😀","\u2028"]', '42["\\ud83d\\ude00","\\u2028"]'],
  ['42/chat,7["é",{"ü":"漢"}]', '42/chat,7["\\u00e9",{"\\u00fc":"\\u6f22"}]'],
  ['43/chat,7["é"]', '43/chat,7["\\u00e9"]'],
  ['44"é"', '44"\\u00e9"'],
  ['44{"message":"é"}', '44{"message":"\\u00e9"}'],
  ['451-["é",{"_placeholder":true,"num":0}]', '451-["\\u00e9",{"_placeholder":true,"num":0}]'],
  ['42["é\\"\\u00e9"]', '42["\\u00e9\\"\\u00e9"]']
]

for (const [frame, written] of JSON_FRAMES) {
  t.test(`${show(frame)} says the same in ASCII`, async (t) => {
    t.equal(toAsciiJson(frame), written)
    const json = (text: string): unknown => JSON.parse(text.slice(text.search(/["[{]/)))
    t.strictSame(json(written), json(frame))
  })
}

t.test('what is no Socket.IO packet, or none whose JSON alone is not ASCII, stays as it is', async (t) => {
  for (const frame of ['4é', '4["é"]', '42é', '42["é"', '42/é,["é"]', '42/é["a"]', '47["é"]', '2é', '42["a"]é', '']) t.equal(toAsciiJson(frame), frame, show(frame))
})
