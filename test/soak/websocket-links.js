// A WebSocket as a link, and the move from polls to one.
import { WebSocket } from 'ws'
import { PollingLink } from './http-links.js'
import { Link } from './link.js'
import { PAYLOADS } from './payloads.js'

/** A WebSocket. */
export class WebSocketLink extends Link {
  kind = 'websocket'
  #ws
  #socket
  opened

  start () {
    const { at, url, dialect } = this.way
    const origin = at.socketPath === undefined ? `ws://${at.host}:${at.port}` : `ws+unix:${at.socketPath}:`
    this.#ws = new WebSocket(origin + url, { perMessageDeflate: false, localAddress: at.localAddress })
    this.#ws.once('upgrade', ({ socket }) => { this.#socket = socket })
    this.#ws.on('message', (data, isBinary) => this.hear([PAYLOADS[dialect].fromMessage(isBinary ? data : String(data))]))
    this.#ws.on('error', (error) => this.ended(error)).once('close', (code) => this.ended(`a WebSocket closed with ${code}`))
    this.opened = new Promise((resolve) => this.#ws.once('open', resolve))
  }

  send (...packets) {
    for (const packet of packets) if (this.#ws.readyState === WebSocket.OPEN) this.#ws.send(PAYLOADS[this.way.dialect].toMessage(packet))
  }

  /** The start of a text frame of a hundred bytes. */
  beginFrame () {
    this.#socket?.write(Buffer.from([0x81, 0x80 | 100, 1, 2, 3, 4, 5, 6, 7]))
  }

  /** A close frame. */
  close () {
    this.#ws.close()
  }

  freeze () {
    this.#ws.pause()
  }

  thaw () {
    this.#ws.resume()
  }

  sockets () {
    return this.#socket ? [this.#socket] : []
  }

  destroy () {
    this.stop()
    this.#ws.terminate()
  }
}

/** Polls first; `upgrade` moves to a WebSocket when that has answered a probe. */
export class UpgradingLink extends Link {
  #current
  #probe
  #held

  constructor (way) {
    super(way)
    this.#current = this.#heard(new PollingLink(way))
  }

  get current () { return this.#current }
  get kind () { return this.#current.kind }

  #heard (link) {
    link.onPacket = (packet) => this.hear([packet])
    link.onEnd = (why) => this.ended(why)
    return link
  }

  start () {
    this.#current.start()
  }

  send (...packets) {
    if (this.#held === undefined) this.#current.send(...packets)
    else this.#held.push(...packets)
  }

  /** Resolves once the WebSocket has answered. */
  async probe () {
    const { url } = this.way
    const link = this.#probe = new WebSocketLink({ ...this.way, url: url.replace('transport=polling', 'transport=websocket') })
    link.start()
    await new Promise((resolve, reject) => {
      link.onEnd = (why) => reject(new Error(`a probe failed: ${why}`))
      link.onPacket = (packet) => packet === '3probe' ? resolve() : reject(new Error(`a probe is answered with ${packet}`))
      link.opened.then(() => link.send('2probe'))
    })
  }

  /** Goes on polling. */
  giveUp () {
    this.#probe?.destroy()
    this.#probe = undefined
  }

  /** The rest of the way, once it has been probed. */
  async move () {
    this.#held = []
    await this.#current.rest()
    if (this.stopped) return
    this.#current = this.#heard(this.#probe)
    this.#probe = undefined
    this.#current.send('5', ...this.#held)
    this.#held = undefined
  }

  stop () {
    super.stop()
    this.#current.stop()
    this.#probe?.stop()
  }

  freeze () {
    this.#current.freeze()
  }

  thaw () {
    this.#current.thaw()
  }

  sockets () {
    return [...this.#current.sockets(), ...this.#probe?.sockets() ?? []]
  }

  destroy () {
    this.stop()
    this.#current.destroy()
    this.giveUp()
  }
}
