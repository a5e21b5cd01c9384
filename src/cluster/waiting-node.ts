// A node whose link is being made. Calls wait until it is up or has failed.
import type { ClusterHost, RemoteNode } from '../../types/cluster.js'
import { unreachable } from './link/unreachable.js'

/** Runs a function with the node when it is known: the end of a link, or a node that refuses everything. */
type WhenKnown = (use: (node: RemoteNode) => void) => void

/** Keeps calls of an object that is not there yet, in order. */
class Later<T> {
  #target: { readonly value: T } | undefined
  #calls: ((target: T) => void)[] = []

  call (call: (target: T) => void): void {
    if (this.#target === undefined) this.#calls.push(call)
    else call(this.#target.value)
  }

  resolve (target: T): void {
    // A call may lead to the next one, which must not overtake those that wait.
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) call(target)
    this.#target = { value: target }
  }
}

/** Bodies that wait count in `hold`. Frames do not: the holder of a stream reads no further than 64 KiB before they are delivered. */
export function waitingNode (tag: string, whenKnown: WhenKnown, hold: ClusterHost['hold']): RemoteNode {
  return {
    tag,
    check: (request, answer) => whenKnown((node) => node.check(request, answer)),
    poll (request, poll) {
      const later = new Later<ReturnType<RemoteNode['poll']>>()
      whenKnown((node) => later.resolve(node.poll(request, poll)))
      return {
        settled: (isWhole) => later.call((owner) => owner.settled(isWhole)),
        release: () => later.call((owner) => owner.release())
      }
    },
    post (request, payload, answer) {
      const later = new Later<ReturnType<RemoteNode['post']>>()
      const bytes = Buffer.byteLength(payload)
      const fits = hold(bytes)
      const post = (node: RemoteNode): void => {
        hold(-bytes)
        later.resolve(node.post(request, payload, answer))
      }
      if (!fits) {
        hold(-bytes)
        answer(unreachable(tag, 'the link is being made, and as much waits as maxTotalQueueBytes allows'))
        return undefined
      }
      whenKnown(post)
      return { abandon: () => later.call((owner) => owner?.abandon()) }
    },
    open (request, stream) {
      const later = new Later<ReturnType<RemoteNode['open']>>()
      whenKnown((node) => later.resolve(node.open(request, stream)))
      return {
        frame: (frame) => later.call((owner) => owner.frame(frame)),
        sent: (bytes) => later.call((owner) => owner.sent(bytes)),
        closed: (reason, cause) => later.call((owner) => owner.closed(reason, cause))
      }
    },
    end: (request) => whenKnown((node) => node.end(request))
  }
}
