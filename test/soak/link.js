// What carries a client's packets, whatever it is. No session is known here. A link says `onPacket(packet)` and, when the other side or an
// error ends it, `onEnd(why)`.

/**
 * What all links share. A way is `{ at, dialect, url, jsonp, stream }`: where the server is (options of a request), and the `url` that of the
 * session once there is one.
 */
export class Link {
  onPacket = () => {}
  onEnd = () => {}
  stopped = false

  constructor (way) {
    this.way = way
  }

  /** What carries packets now. */
  get current () { return this }

  /** Nothing is said and nothing is heard any more; connections stay as they are. */
  stop () {
    this.stopped = true
  }

  ended (why) {
    if (this.stopped) return
    this.stop()
    this.onEnd(why instanceof Error ? `${why.code ?? ''} ${why.message}` : why)
  }

  /** Everything that came at once; what ends the link ends it there. */
  hear (packets) {
    for (const packet of packets) if (!this.stopped) this.onPacket(packet)
  }

  destroy () {
    this.stop()
    for (const socket of this.sockets()) socket.destroy()
  }

  /** Reads nothing any more. */
  freeze () {
    for (const socket of this.sockets()) socket.pause()
  }

  /** Reads on. */
  thaw () {
    for (const socket of this.sockets()) socket.resume()
  }

  get bytesRead () {
    return this.sockets().reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  }
}
