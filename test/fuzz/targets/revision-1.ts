// The codec of revision 1, and its JSON.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toJson } from '../../../src/codec/json.js'
import { revision1 } from '../../../src/codec/revision-1.js'
import { fromPayload } from '../../kit/revision-1/payload.js'
import { isDeep, lengthOf, tolerant } from '../target.js'
import type { Target } from '../target.js'

const PACKETS = [
  '0::', '0::/chat', '1::', '1::/chat:?a=b:c', '2::', '3:1::text', '3:1+:/chat:a:b', '3::', '4:::{"a":[1,null,"é"]}', '4:2+::"x"', '5:::{"name":"n"}', '5:1+:/chat:{"name":"n","args":[1,{"b":[]}]}',
  '6:::1', '6::/chat:140+["a","b"]', '6:::1+', '7:::1+0', '7::/chat:2', '7::', '8::', '5:::{"name":"__proto__","args":[{"__proto__":1}]}', '4:::1e999', '4:::"\u2028\u2029\\ud800"'
]
const piece = fc.constantFrom('\ufffd', '\ufffd3\ufffd', '8::', '0', '1', '-', '.', '\ud83d', '9'.repeat(20), '5:::{"name":"n"}')
const json = fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.stringify(value))
const nearly = fc.tuple(
  fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ''),
  fc.constantFrom(':', '::', ':::', ':1:', ':1+::', ':+:/a:', '::/a:'),
  fc.oneof(json, fc.string({ unit: 'binary' }), json.map((args) => `1+[${args}]`), json.map((args) => `{"name":"x","args":[${args}]}`))
).map((parts) => parts.join(''))

/** JSON grows by its escapes, and `1e20` by its noughts, sixfold at most. */
const GROWTH = 6

export const revision1Targets: readonly Target[] = [
  {
    name: 'revision 1 packet',
    rule: 'a text is a packet, and what is written of it reads the same and is at most six times as long, or a ProtocolError',
    seeds: PACKETS,
    grammar: nearly,
    run (input) {
      const read = tolerant(() => revision1.decodePacket(input))
      if (read === undefined) return
      const written = tolerant(() => revision1.encodePacket(read))
      if (written === undefined) return assert.ok(isDeep(input), 'what is read can be written')
      assert.match(written, /^[0-8]:/)
      if ('args' in read || read.type === 'json') assert.doesNotMatch(written, /^[4-6]::[^:]*:[^]*[\u2028\u2029]/)
      assert.ok(written.length <= GROWTH * input.length + 30, `${written.length} characters of ${input.length}`)
      assert.equal(revision1.encodePacket(revision1.decodePacket(written)), written)
    }
  },
  {
    name: 'revision 1 payload',
    rule: 'a body is frames that are parts of it, and together no longer than it, as the client itself would read them, or a ProtocolError',
    seeds: [...PACKETS, '\ufffd3\ufffd8::\ufffd5\ufffd3:::x', '\ufffd0\ufffd', '\ufffd-4\ufffdx', '\ufffd99\ufffdshort', `\ufffd5\ufffd${'3:::x'}`.repeat(20)],
    grammar: fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
    run (input) {
      const frames = tolerant(() => revision1.decodePayload(input))
      if (frames === undefined) return
      assert.ok(lengthOf(frames) <= input.length)
      assert.ok(frames.length <= 1 + input.length / 3)
      for (const frame of frames) assert.ok(frames.length > 100 || input.includes(frame))
      const theirs = clientReads(input)
      if (theirs !== undefined) assert.deepEqual(frames, theirs)
      const written = revision1.encodePayload(frames)
      if (frames.length > 1) assert.deepEqual(revision1.decodePayload(written), frames)
    }
  },
  {
    name: 'JSON of revision 1',
    rule: 'what is JSON is written as the same, on one line in every script, and at most six times as long',
    seeds: ['{}', '[1,2.5e10,-0,1e20]', '"\u2028\u2029"', '"\\u2028\\ud800"', '{"__proto__":{"a":1}}', 'null', '1e999'],
    grammar: json,
    run (input) {
      let value: unknown
      try {
        value = JSON.parse(input)
      } catch {
        return
      }
      const written = tolerant(() => toJson(value))
      if (written === undefined) return assert.ok(isDeep(input))
      assert.doesNotMatch(written, /[\u2028\u2029\n\r]/)
      assert.ok(written.length <= GROWTH * input.length)
      assert.equal(JSON.stringify(JSON.parse(written)), JSON.stringify(value))
    }
  }
]

/** By the helper's own reader, which takes nothing but what is written well. */
function clientReads (body: string): string[] | undefined {
  try {
    return fromPayload(body)
  } catch {
    return undefined
  }
}
