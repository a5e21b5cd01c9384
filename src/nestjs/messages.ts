// Calls the handlers of a gateway, and sends what they return: Nest's contract for `@SubscribeMessage`.
import type { WsMessageHandler } from '@nestjs/common'
import type { FastifyBaseLogger } from 'fastify'
import type { Observable, Subscription } from 'rxjs'
import type { Socket } from 'socket.io'

interface Context {
  /** Nest's: makes an Observable of what a handler returns. */
  transform (result: unknown): Observable<unknown>
  readonly log: FastifyBaseLogger
}

type Ack = (response: unknown) => void
interface Message { readonly data: unknown, readonly ack: Ack | undefined }

const isAck = (value: unknown): value is Ack => typeof value === 'function'

/** Splits the arguments of an event: one argument is the data itself, several are a list. */
function readMessage (args: readonly unknown[]): Message {
  const last = args.at(-1)
  const ack = isAck(last) ? last : undefined
  const data = ack === undefined ? args : args.slice(0, -1)
  return { data: data.length > 1 ? data : data[0], ack }
}

/** By socket: what its handlers still do. All end with the socket. */
const running = new WeakMap<Socket, Set<Subscription>>()

function subscriptionsOf (socket: Socket): Set<Subscription> {
  const present = running.get(socket)
  if (present !== undefined) return present
  const subscriptions = new Set<Subscription>()
  running.set(socket, subscriptions)
  // One listener for all gateways of a namespace, because Node warns of many.
  socket.once('disconnect', () => { for (const subscription of subscriptions) subscription.unsubscribe() })
  return subscriptions
}

/** Sends what a handler returns: an object with `event` as an event, everything else as the acknowledgement. */
function respond (socket: Socket, response: unknown, ack: Ack | undefined): void {
  if (response === undefined || response === null) return
  const { event, data }: { event?: unknown, data?: unknown } = Object(response)
  if (typeof event === 'string' && event !== '') socket.emit(event, data)
  else ack?.(response)
}

/** Calls the handlers for the messages of a socket. An error that no exception filter has taken is logged, and the message stays without an answer. */
export function answerMessages (socket: Socket, handlers: readonly WsMessageHandler[], { transform, log }: Context): void {
  const subscriptions = subscriptionsOf(socket)
  for (const { message, callback, isAckHandledManually } of handlers) {
    const fail = (err: unknown): void => log.error({ err }, `the handler of the message "${message}" failed`)
    socket.on(message, (...args: unknown[]) => {
      const { data, ack } = readMessage(args)
      try {
        const subscription = transform(callback(data, ack)).subscribe({
          next: (response) => respond(socket, response, isAckHandledManually ? undefined : ack),
          error: fail
        })
        subscriptions.add(subscription)
        subscription.add(() => subscriptions.delete(subscription))
      } catch (err) {
        fail(err)
      }
    })
  }
}
