// The handlers of a gateway without Nest: what they return is sent, and nothing after the socket has left.
import { EventEmitter } from 'node:events'
import { NEVER, of, Subject, throwError } from 'rxjs'
import type { Observable } from 'rxjs'
import type { Socket } from 'socket.io'
import t from 'tap'
import { answerMessages } from '../../../src/nestjs/messages.js'
import { captureLog, newApp } from '../../kit/servers/app.js'

/** A socket with one handler for 'x'. `hear` is a message of the client; what is emitted to it is in `sent`. */
function socketWith (handler: (data: unknown) => unknown, transform: (result: unknown) => Observable<unknown> = (result) => of(result), isAckHandledManually = false) {
  const socket = new EventEmitter()
  const sent: unknown[] = []
  const { lines, logger } = captureLog('error')
  const app = newApp(t, { logger })
  const hear = (event: string, ...args: unknown[]): void => { EventEmitter.prototype.emit.call(socket, event, ...args) }
  Object.assign(socket, { emit: (...args: unknown[]) => sent.push(args) })
  const callback = (data: unknown): Promise<unknown> => handler(data) as Promise<unknown>
  answerMessages(socket as Socket, [{ message: 'x', callback, isAckHandledManually }], { transform, log: app.log })
  return { socket, hear, sent, lines }
}

t.test('arguments are the data: none, one, or a list, without the acknowledgement', async (t) => {
  const seen: unknown[] = []
  const { hear } = socketWith((data) => { seen.push(data) })
  const ack = (): void => {}
  for (const args of [[], [ack], [1], [1, ack], [1, 2], [1, 2, ack], [[1, 2]], [null]]) hear('x', ...args)
  t.strictSame(seen, [undefined, undefined, 1, 1, [1, 2], [1, 2], [1, 2], null])
})

t.test('an object with an event is an event, all else the acknowledgement, and nothing is nothing', async (t) => {
  const { hear, sent } = socketWith((data) => data)
  const acks: unknown[] = []
  const ack = (answer: unknown): void => { acks.push(answer) }
  for (const data of [{ event: 'y', data: 1 }, { event: '' }, { data: 1 }, 0, '', false, null, undefined, [1]]) hear('x', data, ack)
  hear('x', 'without an acknowledgement')
  t.strictSame(sent, [['y', 1]])
  t.strictSame(acks, [{ event: '' }, { data: 1 }, 0, '', false, [1]])
  const manual = socketWith((data) => data, of, true)
  manual.hear('x', 1, () => t.fail('the handler answers by itself'))
})

t.test('a handler that throws, and an Observable that fails, are logged', async (t) => {
  for (const [handler, transform] of [[() => { throw new Error('no') }, of], [() => 1, () => throwError(() => new Error('no'))]] as const) {
    const { hear, lines } = socketWith(handler, transform)
    hear('x')
    hear('x')
    t.match(lines, Array(2).fill({ msg: 'the handler of the message "x" failed', err: { message: 'no' } }))
  }
})

t.test('a socket has one listener for its end, with which its Observables end', async (t) => {
  const values = new Subject<unknown>()
  const { socket, hear, sent } = socketWith(() => 1, () => values)
  const { hear: never } = socketWith(() => 1, () => NEVER)
  never('x')
  hear('x')
  hear('x')
  t.equal(socket.listenerCount('disconnect'), 1)
  values.next({ event: 'y', data: 1 })
  hear('disconnect')
  t.equal(values.observed, false)
  t.strictSame(sent, [['y', 1], ['y', 1]])
})
