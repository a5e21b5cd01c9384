import fc from 'fast-check'
import t from 'tap'
import { QueueBudget } from '../../../src/session/queue-budget.js'
import { Backpressure } from '../../../src/session/backpressure.js'
import { OutgoingQueue } from '../../../src/session/outgoing-queue.js'
import { NO_TRANSPORT } from '../../../src/session/transport.js'
import type { Transport } from '../../../src/session/transport.js'
import { FakeTransport } from '../../kit/fakes/revision-1-session.js'

/** Sizes below are in these: what a frame takes of memory beside its contents is far below one. */
const KB = 1000
const OVERHEAD = 96

interface Init { maxQueueBytes?: number, slowClient?: 'close' | 'drop', budget?: QueueBudget, persistent?: boolean }

/** Whether everything has gone, once what there is has been counted. */
function settled (backpressure: Backpressure, transport: FakeTransport, previous: Transport): boolean {
  backpressure.note(transport, previous)
  return backpressure.checkDrained(transport, previous)
}

/** One session's, with a transport that is backed up. */
function setUp ({ maxQueueBytes = 100, slowClient = 'close', budget = new QueueBudget(Infinity), persistent = true }: Init = {}) {
  const queue = new OutgoingQueue()
  const transport = new FakeTransport(persistent)
  transport.writable = false
  const dropped: number[] = []
  const backpressure = new Backpressure(queue, { budget, limits: { maxQueueBytes: maxQueueBytes * KB, slowClient }, onDropped: (count) => dropped.push(count) })
  return {
    queue,
    transport,
    budget,
    backpressure,
    dropped,
    /** Queues so many KB of memory. Returns whether there is room. */
    push (bytes: number, volatile = false): boolean {
      queue.push('x'.repeat(Math.max(bytes * KB - OVERHEAD, 0)), volatile)
      return backpressure.hold(transport, NO_TRANSPORT)
    }
  }
}

t.test('a queue may be as large as maxQueueBytes, and no larger', async (t) => {
  const { push, budget } = setUp()
  t.ok(push(99))
  t.ok(push(1), 'at it')
  t.equal(budget.total, 100 * KB)
  t.notOk(push(1))
})

t.test('what the transport holds for a client that does not read counts in all, but not as the session\'s queue', async (t) => {
  const { push, transport, budget } = setUp()
  transport.bufferedAmount = 1000 * KB
  t.ok(push(100))
  t.equal(budget.total, 1100 * KB)
  t.notOk(push(1))
})

t.test('what a transport holds that takes more is on its way, and counts for nothing', async (t) => {
  const { push, transport, budget } = setUp()
  transport.bufferedAmount = 1000 * KB
  transport.writable = true
  t.ok(push(10))
  t.equal(budget.total, 10 * KB)
})

t.test('one session may keep half of what there is for all: as much as is then still free', async (t) => {
  const { push, budget } = setUp({ maxQueueBytes: 1000, budget: new QueueBudget(100 * KB) })
  t.ok(push(50))
  t.equal(budget.total, 50 * KB)
  t.notOk(push(1))
})

t.test('what its transport holds is part of that', async (t) => {
  const { push, transport } = setUp({ maxQueueBytes: 1000, budget: new QueueBudget(100 * KB) })
  transport.bufferedAmount = 30 * KB
  t.ok(push(20))
  t.notOk(push(1))
})

t.test('a transport that holds more than there is leaves no room for anything', async (t) => {
  const { push, transport } = setUp({ maxQueueBytes: 1000, budget: new QueueBudget(100 * KB) })
  transport.bufferedAmount = 101 * KB
  t.notOk(push(0))
})

t.test('each further session may keep less; who keeps most is the first that may keep no more', async (t) => {
  const budget = new QueueBudget(1000 * KB)
  const [largest, middle, small] = [500, 250, 1].map((bytes) => {
    const one = setUp({ maxQueueBytes: 10_000, budget })
    t.ok(one.push(bytes), String(bytes))
    return one
  })
  t.equal(budget.total, 751 * KB)
  t.notOk(largest?.push(1))
  largest?.queue.takeAll()
  largest?.backpressure.release(NO_TRANSPORT, NO_TRANSPORT)
  t.equal(budget.total, 251 * KB)
  t.ok(middle?.push(100), 'there is room again')
  t.ok(small?.push(1))
})

t.test('"drop" makes room by volatile packets, and only as far as it has to', async (t) => {
  const { push, queue, dropped } = setUp({ slowClient: 'drop' })
  t.ok(push(40))
  t.ok(push(30, true))
  t.ok(push(30, true))
  t.strictSame(dropped, [])
  t.ok(push(10))
  t.strictSame(dropped, [1])
  t.strictSame(queue.takeAll().map(({ length }) => (length + OVERHEAD) / KB), [40, 30, 10])
})

t.test('"drop" ends nobody whom dropping has saved, also where little is free for all', async (t) => {
  const { push, queue, budget, dropped } = setUp({ slowClient: 'drop', maxQueueBytes: 1000, budget: new QueueBudget(100 * KB) })
  t.ok(push(25, true))
  t.ok(push(25))
  t.ok(push(20), 'without the volatile one there is room: 45 of 100')
  t.strictSame(dropped, [1])
  t.equal(budget.total, 45 * KB)
  t.strictSame(queue.takeAll().map(({ length }) => (length + OVERHEAD) / KB), [25, 20])
})

t.test('"drop" drops no more than makes room, where it is what is free for all that is scarce', async (t) => {
  const { push, queue, dropped } = setUp({ slowClient: 'drop', maxQueueBytes: 1000, budget: new QueueBudget(100 * KB) })
  for (let i = 0; i < 5; i++) t.ok(push(10, true))
  t.ok(push(10))
  t.strictSame(dropped, [1])
  t.equal(queue.weight, 50 * KB)
})

t.test('"drop" gives up a client that it does not help', async (t) => {
  const { push, dropped } = setUp({ slowClient: 'drop' })
  t.ok(push(60))
  t.ok(push(40, true))
  t.notOk(push(41))
  t.strictSame(dropped, [1])
})

t.test('it tells once that everything has gone, and not while anything waits', async (t) => {
  for (const persistent of [true, false]) {
    const { push, queue, transport, backpressure, budget } = setUp({ persistent })
    t.notOk(settled(backpressure, transport, NO_TRANSPORT), 'nothing has waited')
    push(10)
    t.notOk(settled(backpressure, transport, NO_TRANSPORT), 'it is queued')
    queue.takeAll()
    transport.bufferedAmount = 10 * KB
    transport.delivering = !persistent
    t.notOk(settled(backpressure, transport, NO_TRANSPORT), 'the transport holds it')
    t.equal(budget.total, 10 * KB)
    transport.bufferedAmount = 0
    transport.delivering = false
    transport.writable = persistent // a client that polls need not be there
    t.ok(settled(backpressure, transport, NO_TRANSPORT))
    t.equal(budget.total, 0)
    t.notOk(settled(backpressure, transport, NO_TRANSPORT))
    push(10)
    queue.takeAll()
    t.ok(settled(backpressure, transport, NO_TRANSPORT), 'and again for what waits next')
  }
})

t.test('what the transport before still delivers counts, and has to go first', async (t) => {
  const { push, queue, transport, backpressure, budget } = setUp()
  const previous = Object.assign(new FakeTransport(false), { delivering: true, bufferedAmount: 30 * KB })
  push(10)
  t.ok(backpressure.hold(transport, previous))
  t.equal(budget.total, 40 * KB)
  queue.takeAll()
  transport.writable = true
  t.notOk(settled(backpressure, transport, previous))
  t.equal(budget.total, 30 * KB)
  Object.assign(previous, { delivering: false, bufferedAmount: 0 })
  t.ok(settled(backpressure, transport, previous))
  t.equal(budget.total, 0)
})

t.test('after all that sessions can do, what waits in all is the sum of what waits for each, and nothing in the end', async () => {
  const steps = fc.array(fc.record({
    who: fc.nat(3),
    what: fc.constantFrom('push', 'volatile', 'send', 'read', 'end'),
    bytes: fc.nat(60)
  }), { maxLength: 60 })
  fc.assert(fc.property(steps, fc.constantFrom('close', 'drop'), (steps, slowClient) => {
    const budget = new QueueBudget(100 * KB)
    const all = Array.from({ length: 4 }, () => ({ ...setUp({ budget, slowClient, maxQueueBytes: 80 }), over: false }))
    for (const { who, what, bytes } of steps) {
      const one = all[who]
      if (one === undefined || one.over) continue
      const { push, transport, queue, backpressure } = one
      if (what === 'push' || what === 'volatile') one.over = !push(bytes, what === 'volatile')
      else if (what === 'end') one.over = true
      else if (what === 'send' && !queue.empty) transport.bufferedAmount += queue.takeAll().join('').length
      else if (what === 'read') transport.bufferedAmount = 0
      if (one.over) queue.takeAll()
      if (one.over) backpressure.release(NO_TRANSPORT, NO_TRANSPORT)
      else backpressure.note(transport, NO_TRANSPORT)
      const waiting = all.filter(({ over }) => !over).reduce((sum, { queue, transport }) => sum + queue.weight + transport.bufferedAmount, 0)
      if (budget.total !== waiting || waiting > 100 * KB) return false
    }
    for (const { queue, backpressure } of all) {
      queue.takeAll()
      backpressure.release(NO_TRANSPORT, NO_TRANSPORT)
    }
    return budget.total === 0
  }), { numRuns: 500 })
})

t.test('what is held beside the queue counts in all, and leaves less for the queue', async (t) => {
  const { push, budget, backpressure, transport } = setUp({ maxQueueBytes: 1000, budget: new QueueBudget(100 * KB) })
  t.ok(backpressure.keep(30 * KB, transport, NO_TRANSPORT))
  t.equal(budget.total, 30 * KB)
  t.ok(push(20))
  t.notOk(push(1), 'half of what there is for all')
})

t.test('what there is no room for does not count, and less than before always fits', async (t) => {
  const { push, budget, backpressure, transport } = setUp()
  t.ok(push(50))
  t.ok(backpressure.keep(40 * KB, transport, NO_TRANSPORT))
  t.notOk(backpressure.keep(101 * KB, transport, NO_TRANSPORT))
  t.equal(budget.total, 90 * KB)
  t.ok(backpressure.keep(39 * KB, transport, NO_TRANSPORT))
  t.equal(budget.total, 89 * KB)
})

t.test('after the end of its session, what a transport still delivers counts until it has gone', async (t) => {
  const { push, queue, budget, backpressure, transport } = setUp()
  push(10)
  queue.takeAll()
  transport.bufferedAmount = 30 * KB
  backpressure.release(transport, NO_TRANSPORT)
  t.equal(budget.total, 30 * KB)
  transport.bufferedAmount = 0
  backpressure.release(transport, NO_TRANSPORT)
  t.equal(budget.total, 0)
})
