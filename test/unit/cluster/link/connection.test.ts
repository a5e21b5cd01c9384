import { EventEmitter } from 'node:events'
import t from 'tap'
import type { WebSocket } from 'ws'
import { CODES, Connection } from '../../../../src/cluster/link/connection.js'
import type { LinkEnd } from '../../../../src/cluster/link/connection.js'
import { decodeEdge } from '../../../../src/cluster/link/decode.js'
import { MessageReader } from '../../../../src/cluster/link/messages.js'
import { fakeHost } from '../../../kit/cluster/link.js'
import { Clock } from '../../../kit/clock.js'
import type { Teardown } from '../../../kit/teardown.js'
import { turn } from '../../../kit/waiting.js'
import { toPiece } from './samples.js'

class FakeSocket extends EventEmitter {
  readonly calls: string[] = []
  readonly written: (() => void)[] = []
  send (_message: Buffer, written: () => void): void { this.calls.push('send'); this.written.push(written) }
  ping (): void { this.calls.push('ping') }
  close (code: number): void { this.calls.push(`close ${code}`) }
  terminate (): void { this.calls.push('terminate') }
}

function setUp (t: Teardown) {
  const clock = new Clock()
  t.teardown(() => clock.restore())
  const socket = new FakeSocket()
  const host = fakeHost()
  const ends: LinkEnd[] = []
  const connection = new Connection({
    socket: socket as unknown as WebSocket,
    reader: new MessageReader(decodeEdge, () => 1024),
    hold: host.hold,
    log: host.log,
    onRecord: ({ type }) => { if (type === 'abandon') throw new Error('a bug') },
    onTick () {},
    onEnd: (end) => { ends.push(end) }
  })
  return { clock, socket, host, ends, connection }
}

t.test('the other side is pinged each second, and the round trip is measured', async (t) => {
  const { clock, socket, connection } = setUp(t)
  clock.tick(1000)
  t.strictSame(socket.calls, ['ping'])
  clock.tick(25)
  socket.emit('pong')
  t.equal(connection.rtt, 25)
  clock.tick(975)
  t.strictSame(socket.calls, ['ping', 'ping'])
})

t.test('silence of 3 s ends it, once', async (t) => {
  const { clock, socket, ends } = setUp(t)
  clock.tick(3000)
  t.strictSame(ends, [])
  clock.tick(1000)
  t.strictSame(ends, [{ reason: 'silent for 3 s' }])
  t.ok(socket.calls.includes('terminate'))
  clock.tick(10_000)
  socket.emit('close', 1006)
  t.equal(ends.length, 1)
  t.equal(clock.intervals, 0)
})

t.test('a process that stood still reads first what has arrived meanwhile', async (t) => {
  const { clock, socket, ends } = setUp(t)
  clock.tick(1000)
  clock.stall(20_000)
  clock.tick(1000)
  t.strictSame(ends, [])
  socket.emit('ping')
  clock.tick(3000)
  t.strictSame(ends, [])
  clock.tick(1000)
  t.strictSame(ends, [{ reason: 'silent for 3 s' }])
})

t.test('bytes that wait for 3 s end it, although the other side is heard', async (t) => {
  const { clock, socket, ends, host, connection } = setUp(t)
  connection.send({ type: 'accepted', stream: 1 })
  await turn()
  t.strictSame([socket.calls, host.held], [['send'], 9])
  for (let second = 0; second < 5; second++) {
    clock.tick(1000)
    socket.emit('pong')
  }
  t.strictSame(ends, [{ reason: 'has taken no bytes for 3 s' }])
  t.equal(host.held, 0)
})

t.test('what was sent before it ends with a code is written', async (t) => {
  const { socket, ends, connection } = setUp(t)
  connection.send({ type: 'accepted', stream: 1 })
  connection.end({ reason: 'this node leaves', code: CODES.leaving })
  t.strictSame(socket.calls, ['send', 'close 1001'])
  t.strictSame(ends, [{ reason: 'this node leaves', code: 1001 }])
})

t.test('an error of this node in a record ends the link, not the process', async (t) => {
  const { socket, ends, host } = setUp(t)
  socket.emit('message', toPiece([15, 1, '']), true)
  t.match(ends, [{ reason: 'protocol error: a bug', code: 4003 }])
  t.match(host.warnings, [/this is a bug/])
})

t.test('the reason of the other side is told in words', async (t) => {
  const { socket, ends } = setUp(t)
  socket.emit('close', 4001)
  t.match(ends, [{ reason: /does not speak version 1 .*run the same version/, code: 4001 }])
})
