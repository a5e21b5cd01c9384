// What the streaming sessions of revision 1 share: the stream downwards, POSTs upwards.
import { HttpLink, post } from './http-link.mjs'
import { acknowledged } from './revision-1.mjs'
import { StreamLink } from './stream-link.mjs'

/** @implements {import('./session.mjs').Session} */
export class StreamSession {
  onpush = null
  onclose = null
  #context
  #done
  #stream
  #posts
  #url
  #ready = false
  #echoed = null
  #missing = 0
  #triggers = false

  /** @param context with `expected`, a part without its delimiter, and `packetOf`, the packet in another part, if any */
  constructor (context, url, done) {
    this.#context = context
    this.#done = done
    this.#url = url
    this.#posts = new HttpLink(context.address)
    this.#stream = new StreamLink(context.address, url, {
      delimiterOf: context.delimiterOf,
      onPart: (data, start, end) => this.#onPart(data, start, end),
      onClose: (error) => this.#onClose(error)
    })
  }

  echo (callback) {
    this.#echoed = callback
    this.#missing = 2
    this.#post(this.#context.text)
  }

  /** The broadcast may be there before the POST is answered, and the next one asked for. */
  trigger () {
    if (this.#posts.busy) this.#triggers = true
    else this.#post('3:::bcast')
  }

  idle () {}
  close () { this.kill() }

  kill () {
    this.#stream.kill()
    this.#posts.close()
  }

  #post (text) {
    this.#posts.request(post(this.#context.address, this.#url, text), (status, body, error) => {
      if (error !== null || !acknowledged(status, body)) throw error ?? new Error(`answer to a POST: ${status} ${body}`)
      if (this.#echoed !== null && text === this.#context.text) this.#half()
      if (!this.#triggers) return
      this.#triggers = false
      this.trigger()
    })
  }

  #half () {
    if (--this.#missing > 0) return
    const echoed = this.#echoed
    this.#echoed = null
    echoed()
  }

  #onPart (data, start, end) {
    const { expected, packetOf } = this.#context
    if (this.#echoed !== null && expected.compare(data, start, end) === 0) return this.#half()
    const packet = packetOf(data.toString('utf8', start, end))
    if (packet === undefined) return
    if (packet[0] === '1') this.#opened()
    else if (packet[0] === '2') this.#post('2::')
    else if (packet[0] === '3' && this.#echoed === null) this.onpush?.()
    else if (packet[0] !== '8') throw new Error(`unexpected packet: ${packet}`)
  }

  #opened () {
    if (this.#ready) return
    this.#ready = true
    this.#done(null, this)
  }

  #onClose (error) {
    if (!this.#ready) this.#done(error ?? new Error('closed before it was open'))
    else this.onclose?.(error)
  }
}
