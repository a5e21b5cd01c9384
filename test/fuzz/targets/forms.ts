// What JSONP clients POST, and what scripts, frames and parts are written of payloads.
import assert from 'node:assert/strict'
import { Script } from 'node:vm'
import fc from 'fast-check'
import { htmlfile } from '../../../src/transports/htmlfile.js'
import { callbackIndex, decodeBody, decodeEngineBody, toCallback, toEngineCallback, toErrorScript, toScript } from '../../../src/transports/jsonp-polling.js'
import { xhrMultipart } from '../../../src/transports/xhr-multipart.js'
import { toForm } from '../../kit/revision-1/payload.js'
import { scriptsOf } from '../script-elements.js'
import { wellFormed } from '../target.js'
import type { Target } from '../target.js'

const PAYLOADS = [
  '8::', '3:::text', '\ufffd3\ufffd8::\ufffd3\ufffd8::', '"\\\n\r\u2028\u2029', '</script>', '</SCRIPT ', '<!--', '<!--<script>', '-->', '<script', ']]>', '\0\ud800', "');alert(1);('", '\\u0022', '\n--socketio-', '\r\n\r\n', '4a\x1e4b', 'é漢😀'
]
const FORMS = ['d=%223%3A%3A%3Ax%22', 'd=3:::x', 'd=123', 'd=', 'd', '', 'x=1&d=%22a%22&d=%22b%22', 'd=%5Cn%5C%5Cn', 'd=%ff%fe', 'd=%22%5Cud800%22', 'd=+', 'd={"a":1}', 'd=4a%1E4b', 'd=4\\n\\\\n']
const payload = fc.array(fc.oneof(fc.constantFrom(...PAYLOADS), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 5 }).map((list) => list.join(''))
/** A callback that is called anew by every script. */
const HARNESS = new Script('Object.assign({}, { calls: [] })')

/** What a script does when it runs: calls of its callback, with these arguments. */
function callsOf (script: string, callback: string): unknown[] {
  const { calls } = HARNESS.runInThisContext() as { calls: unknown[] }
  const collect = (argument: unknown): void => { calls.push(argument) }
  const name = /^(io\.j|___eio)\[(\d+)\]$/.exec(callback)
  assert.ok(name !== null, callback)
  const table = { [String(name[2])]: collect }
  const run = new Script(`(io, ___eio) => { ${script}\n }`).runInThisContext() as (io: unknown, eio: unknown) => void
  run({ j: table }, table)
  return calls
}

export const formTargets: readonly Target[] = [
  {
    name: 'form of revision 1',
    rule: 'any body is text no longer than it, and what a client writes is read as it was',
    seeds: FORMS,
    run (input) {
      assert.ok(decodeBody(input).length <= input.length)
      const text = wellFormed(input)
      assert.equal(decodeBody(toForm(text)), text)
    }
  },
  {
    name: 'form of Engine.IO',
    rule: 'any body is text no longer than it, and what a client writes is read as it was',
    seeds: FORMS,
    run (input) {
      assert.ok(decodeEngineBody(input).length <= input.length)
      // A backslash before a newline is the one thing that the client's own escapes do not tell apart.
      const text = wellFormed(input).replace(/\n/g, ' \n')
      const form = `d=${encodeURIComponent(text.replace(/\\n/g, '\\\\n').replace(/\n/g, '\\n'))}`
      assert.equal(decodeEngineBody(form), text)
    }
  },
  {
    name: 'callback index',
    rule: 'only digits are an index, and they stay what they are',
    seeds: ['0', '7', '00', '-1', '1)', '1.5', '٣', '1e3', ' 1', '1\n'],
    run (input) {
      assert.equal(callbackIndex(input), /^[0-9]+$/.test(input) && !input.endsWith('\n') ? input : undefined)
      for (const other of [[input], { [input]: input }, input.length, undefined, null]) assert.equal(callbackIndex(other), undefined)
    }
  },
  {
    name: 'script of a payload',
    rule: 'it is ASCII of one line but for the payload, calls its callback once with the payload or its error, and is at most six times as long',
    seeds: PAYLOADS,
    grammar: payload,
    share: 0.3,
    run (input) {
      for (const callback of [toCallback('0'), toEngineCallback('12')]) {
        const script = toScript(callback, input)
        assert.doesNotMatch(script, /[\n\r\u2028\u2029]/)
        assert.ok(script.length <= 6 * input.length + 30)
        assert.deepEqual(callsOf(script, callback), [input])
        const [error, ...rest] = callsOf(toErrorScript(callback, input), callback)
        assert.deepEqual(rest, [])
        assert.equal((error as Error).message, input)
      }
    }
  },
  {
    name: 'element of htmlfile',
    rule: 'a browser reads each as one script element, which calls the page with the payload',
    seeds: PAYLOADS,
    grammar: payload,
    share: 0.3,
    run (input) {
      const element = htmlfile.encode(input)
      assert.ok(element.length <= 6 * input.length + 40)
      const scripts = scriptsOf(element + htmlfile.encode('8::'))
      assert.equal(scripts.length, 2, `${scripts.length} elements`)
      for (const [i, script] of scripts.entries()) assert.deepEqual(callsOf(script.replace(/^_/, 'io.j[0]'), 'io.j[0]'), [i === 0 ? input : '8::'])
    }
  },
  {
    name: 'part of xhr-multipart',
    rule: 'each is one part, which is the payload as it is',
    seeds: PAYLOADS,
    grammar: payload,
    run (input) {
      const { contentType, prologue, encode } = xhrMultipart()
      const line = `--${/boundary="([^"]+)"$/.exec(contentType)?.[1] ?? ''}\n`
      const head = 'Content-Type: text/plain\n\n'
      const parts = (prologue + encode(input) + encode('8::')).split(line)
      assert.deepEqual(parts, ['', `${head}${input}\n`, `${head}8::\n`, ''])
    }
  }
]
