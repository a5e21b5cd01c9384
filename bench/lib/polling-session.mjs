// What the sessions that poll share, in two modes:
// - `after`: POST, wait for its answer, then GET, all on one connection;
// - `parked`: a GET is always open on one connection, and POSTs go over another, as browsers do.
import { HttpLink } from './http-link.mjs'
import { SideLinks } from './side-links.mjs'

/**
 * What a dialect supplies.
 * @typedef {object} Wire
 * @property {Buffer} poll The GET.
 * @property {Buffer} post The POST that is echoed.
 * @property {Buffer} expected Body of a poll that carries the echo and nothing else.
 * @property {(status: number, body: Buffer) => boolean} acknowledged Whether that is a good answer to a POST.
 * @property {(body: Buffer) => { echoes: number, reply: Buffer | null }} other Any other poll's body; `reply` answers a heartbeat.
 */

/** @implements {import('./session.mjs').Session} */
export class PollingSession {
  onpush = null
  onclose = null
  #wire
  #polls
  #posts
  #sideLinks
  #parked = false
  #dead = false
  #echoed = null
  /** In `parked` mode: the echo and the POST's answer that have not come yet. */
  #missing = 0

  /** @param context what sessions share; also the connections for answers to heartbeats */
  constructor (context, wire, link) {
    const { address, options } = context
    this.#sideLinks = context.sideLinks ??= new SideLinks(address)
    this.#wire = wire
    this.#polls = link
    this.#posts = options.mode === 'parked' ? new HttpLink(address) : link
  }

  echo (callback) {
    this.#echoed = callback
    if (this.#posts === this.#polls) {
      this.#posts.request(this.#wire.post, this.#onPostedBefore)
      return
    }
    this.#missing = 2
    if (!this.#parked) this.#park()
    this.#posts.request(this.#wire.post, this.#onPosted)
  }

  idle () { this.#park() }
  close () { this.kill() }

  kill () {
    this.#dead = true
    this.#polls.close()
    this.#posts.close()
  }

  #fail (error) {
    if (this.#dead) return
    this.#dead = true
    this.onclose?.(error)
  }

  #acknowledged (status, body, error) {
    if (this.#dead) return false
    if (error === null && this.#wire.acknowledged(status, body)) return true
    this.#fail(error ?? new Error(`answer to a POST: ${status} ${body}`))
    return false
  }

  /** How many echoes the answer to a poll holds. */
  #echoes (status, body, error) {
    if (error !== null || status !== 200) {
      this.#fail(error ?? new Error(`answer to a poll: ${status} ${body}`))
      return 0
    }
    if (this.#wire.expected.equals(body)) return 1
    const { echoes, reply } = this.#wire.other(body)
    if (reply !== null) this.#sideLinks.send(reply)
    return echoes
  }

  #finish () {
    const echoed = this.#echoed
    this.#echoed = null
    echoed()
  }

  #half () { if (--this.#missing === 0) this.#finish() }

  #park () {
    this.#parked = true
    this.#polls.request(this.#wire.poll, this.#onPoll)
  }

  #onPoll = (status, body, error) => {
    if (this.#dead) return
    const echoes = this.#echoes(status, body, error)
    if (this.#dead) return
    this.#park()
    if (echoes > 0) this.#half()
  }

  #onPosted = (status, body, error) => { if (this.#acknowledged(status, body, error)) this.#half() }

  #onPostedBefore = (status, body, error) => {
    if (this.#acknowledged(status, body, error)) this.#polls.request(this.#wire.poll, this.#onPollAfter)
  }

  #onPollAfter = (status, body, error) => {
    if (this.#dead) return
    const echoes = this.#echoes(status, body, error)
    if (this.#dead) return
    if (echoes > 0) this.#finish()
    else this.#polls.request(this.#wire.poll, this.#onPollAfter)
  }
}
