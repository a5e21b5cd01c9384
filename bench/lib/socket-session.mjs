// What the sessions over a WebSocket share. A dialect reads the packets and says which of them are messages.

/** @implements {import('./session.mjs').Session} */
export class SocketSession {
  /** The WebSocket; set by the dialect, since some come to it late. */
  link = null
  /** Whether the caller has been told of it. */
  ready = false
  onpush = null
  onclose = null
  #context
  #says
  #done
  #echoed = null

  /** @param context as `prepareMessages` leaves it; @param done (error, session), once */
  constructor (context, done) {
    this.#context = context
    this.#says = context.messages[context.opened++ % context.messages.length]
    this.#done = done
  }

  echo (callback) {
    this.#echoed = callback
    this.link.send(this.#says.bytes)
  }

  trigger () { this.link.send(this.#context.broadcast) }
  idle () {}
  close () { this.link.close() }
  kill () { this.link.kill() }

  opened () {
    if (this.ready) return
    this.ready = true
    this.#done(null, this)
  }

  /** A message has come, in these bytes. */
  message (data, start, end) {
    const echoed = this.#echoed
    if (echoed === null) {
      this.onpush?.()
      return
    }
    if (this.#says.expected.compare(data, start, end) !== 0) throw new Error(`no echo: ${data.toString('utf8', start, end)}`)
    this.#echoed = null
    echoed()
  }

  unexpected (data, start, end) { throw new Error(`unexpected packet: ${data.toString('utf8', start, end)}`) }

  ended (error) {
    if (!this.ready) this.#done(error ?? new Error('closed before it was open'))
    else this.onclose?.(error)
  }
}
