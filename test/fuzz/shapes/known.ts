// Shapes that have ended applications once, here or elsewhere. Each setup is sent them first, so that even a short run has all of them.
import { mpPacket, str } from './msgpack.js'
import type { Frame, Script } from './script.js'
import type { Setup } from './setup.js'

type Known = readonly [way: string, prelude: readonly Frame[], frames: readonly Frame[]]

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
/** More arguments than a call can have. */
const MANY = ',0'.repeat(130_000)

const JSON_SHAPES: readonly Known[] = [
  ['engine 4 websocket', ['40'], [`42["x"${MANY}]`]],
  ['engine 4 polling', ['40'], [`430[0${MANY}]`]],
  ['engine 3 polling', [], [`42["keep"${MANY}]`]],
  ['engine 4 websocket', ['40'], [`451-["x",{"_placeholder":true,"num":0}${MANY}]`, { binary: 'a' }]],
  // Brackets and quotes before the JSON, for who counts from the wrong place.
  ['engine 3 polling', [], [`42/?",["all",${nested(5000)}]`]],
  ['engine 3 websocket', [], [`42/?${']'.repeat(20_000)},["x",${nested(10_000)}]`]],
  ['engine 4 websocket', ['40/dyn-",'], [`42/dyn-",["all",${nested(6000)}]`]],
  ['engine 4 websocket', [`40/dyn-${']'.repeat(9000)},`], [`42/dyn-${']'.repeat(9000)},["x",${nested(9000)}]`]],
  // What one node tells the other of its clients, and what a refused one hears.
  ['engine 4 websocket', [`40{"a":${nested(20_000)}}`], []],
  ['engine 4 jsonp', [`40/refused,{"a":${nested(20_000)}}`], []],
  // An object whose prototype is an attachment.
  ['engine 4 websocket', ['40'], ['451-["all",{"__proto__":{"_placeholder":true,"num":0}}]', { binary: 'a' }]],
  ['engine 3 polling', [], ['452-["x",{"__proto__":{"_placeholder":true,"num":0}},{"_placeholder":true,"num":1}]', { binary: 'a' }, { binary: 'b' }]]
]

const REVISION_1: readonly Known[] = [
  ['revision 1 websocket', [], [`5:::{"name":"x","args":[0${MANY}]}`]],
  ['revision 1 xhr-polling', [], ['5:::{"name":"ask","args":[]}', `6:::1+[0${MANY}]`]],
  ['revision 1 websocket', ['1::/dyn-"'], [`5::/dyn-":{"name":"all","args":[${nested(6000)}]}`]],
  ['revision 1 jsonp-polling', [`1::/dyn-${']'.repeat(9000)}`], [`4::/dyn-${']'.repeat(9000)}:${nested(9000)}`]],
  // A placeholder beside binary.
  ['revision 1 htmlfile', [], ['5:::{"name":"bytes","args":[{"_placeholder":true,"num":"x"}]}']]
]

const CONNECT = mpPacket(0, '/', [])
const event = (name: string, value: string): Frame => mpPacket(2, '/', [['data', `\x92${str(name)}${value}`]])
const named = (name: string): Frame => mpPacket(2, '/', [['data', `\x91${name}`]])
const sent = (...frames: Frame[]): Known => ['engine 4 websocket', [CONNECT], frames]

const MSGPACK_SHAPES: readonly Known[] = [
  sent(mpPacket(2, '/', [['data', `\xdd\x00\x01\xfb\xd1${str('x')}${'\0'.repeat(130_000)}`]])),
  sent(event('all', `${'\x91'.repeat(3000)}\xc0`)),
  sent(event('x', `${'\x91'.repeat(100_000)}\xc0`)),
  ['engine 4 websocket', [mpPacket(0, '/', [['data', `\x81${str('a')}${'\x91'.repeat(3000)}\xc0`]])], []],
  ...['disconnect', 'newListener', 'connect'].map((name) => sent(named(str(name)))),
  sent(named(`\x82${str('toString')}\xc0${str('valueOf')}\xc0`)),
  sent(event('all', `\x81${str('__proto__')}\xc7\x03\0abc`)),
  sent(event('all', `\x81${str('__proto__')}\xd6\xff\0\0\0\x01`)),
  sent(event('all', `\x81${str('__proto__')}\xc4\x03abc`)),
  // Lengths of gigabytes.
  ...['\xdd\xff\xff\xff\xff', '\xdf\xff\xff\xff\xff', '\xdb\xff\xff\xff\xff', '\xc9\x20\0\0\0\0', '\xc9\xff\xff\xff\xff\0'].map((lie) => sent(event('x', lie)))
]

/** Where handlers look at nothing. */
const UNGUARDED: readonly Known[] = [
  ['engine 4 websocket', ['40'], ['42["room",{"toString":1}]', '42["join",{"toString":1}]', '42["leave",{"__proto__":null}]', '42["nodes named","__proto__"]', '42["room",[[[[]]]]]']]
]

/** The sessions of a setup's first batch. */
export function knownScripts ({ parser, guarded }: Setup): Script[] {
  const shapes = [...parser === 'json' ? JSON_SHAPES : MSGPACK_SHAPES, ...REVISION_1, ...!guarded && parser === 'json' ? UNGUARDED : []]
  return shapes.map(([way, prelude, frames]) => ({ way, node: 0, prelude, frames, perWrite: 1 }))
}
