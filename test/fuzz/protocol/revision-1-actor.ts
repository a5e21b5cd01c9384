// A client of revision 1 that keeps to the protocol as often as not, and changes its transport.
import { revision1 } from '../../../src/codec/revision-1.js'
import { ALL, isPolling, isWebSocket, Revision1Client } from '../../kit/revision-1/client.js'
import type { Held } from '../../kit/revision-1/client.js'
import { toPayload } from '../../kit/revision-1/payload.js'
import { mutate, TOKENS } from '../mutate.js'
import { wellFormed } from '../target.js'
import { Actor, breakOne, socketsOf } from './actor.js'
import type { Step } from './actor.js'
import { Broken } from './conversation.js'
import type { Conversation } from './conversation.js'

const GARBAGE = ['0::/chat', '1::', '1::/chat', '3::/chat:x', '4:1+::{"a":1}', '5:2+:/chat:{"name":"n","args":[1]}', '5:3+::{"name":"n"}', '6:::1+["x"]', '8::', '7:::1+0', '2::', '\ufffd3\ufffd2::\ufffd-4\ufffdx', '\ufffd9\ufffd3:::x', '']

export class Revision1Actor extends Actor {
  #client: Revision1Client | undefined
  #conversation: Conversation | undefined
  /** Clients of the same session on other transports. */
  #others: Revision1Client[] = []
  #held: Held | undefined
  #connected = false
  #reading: Promise<void>[] = []

  override note (text: string): void {
    super.note(text)
    this.#conversation?.note(text)
  }

  steps (): readonly Step[] {
    const client = this.#client
    const conversation = this.#conversation
    if (client === undefined || conversation === undefined) return [{ name: 'open', weight: 1, run: () => this.#open() }]
    const { random, world } = this
    const { sid } = client
    return [
      { name: 'rest', weight: 3, run: () => this.rest() },
      { name: 'server says', weight: 5, run: () => { for (let i = random.between(1, 4); i > 0; i--) world.say(sid, random.oneIn(12) ? 6000 : random.small(300), random.oneIn(8)) } },
      { name: 'hold', weight: this.#held === undefined ? 8 : 0, run: () => this.#hold(client, conversation) },
      { name: 'send', weight: this.#connected ? 6 : 0, run: () => this.#send(client, conversation) },
      { name: 'change transport', weight: 1, run: () => this.#leaveTransport(sid, conversation) },
      { name: 'stall', weight: world.large ? 3 : 1, run: () => this.#stall(client, conversation) },
      { name: 'foul', weight: 2, run: () => this.#foul(client, conversation) },
      { name: 'server ends it', weight: 1, run: () => world.end(sid) },
      { name: 'leave', weight: 1, run: () => this.#over() }
    ]
  }

  async #open (): Promise<void> {
    const { random, world } = this
    const base = `http://127.0.0.1:${world.port}/socket.io/1/`
    const query = random.pick(['', '', '?auth=late', '?auth=never', '?auth=no', '?auth=fails', '?jsonp=0', '?jsonp=x'])
    const answer = await this.ask(base + query, random.pick(['GET', 'POST']))
    if (answer === undefined || answer.status !== 200 || !/^[\w-]+:/.test(answer.body)) return
    const sid = answer.body.slice(0, answer.body.indexOf(':'))
    this.#use(sid)
    this.#conversation = world.conversation(sid)
    this.#connected = false
  }

  #use (sid: string): void {
    this.#client = new Revision1Client(this.world.port, this.random.pick(ALL), sid)
    this.note(this.#client.name)
  }

  /** Opens a request or WebSocket, and takes all that it brings. */
  #hold (client: Revision1Client, conversation: Conversation): void {
    const held = client.hold()
    this.#held = held
    const hear = conversation.connection()
    const read = async (): Promise<void> => {
      for (let packet = await held.next(); packet !== undefined; packet = await held.next()) {
        hear([packet])
        this.#heard(packet, held)
      }
      if (this.#held === held) this.#held = undefined
    }
    const reading = isPolling(client.name) ? this.settled('a poll', read()) : read()
    this.#reading.push(this.world.watch(reading))
  }

  #heard (packet: string, held: Held): void {
    const { type } = revision1.decodePacket(packet)
    const client = this.#client
    if (client === undefined || this.#held !== held) return
    if (type === 'connect') this.#connected = true
    if (type === 'heartbeat' && this.reflexes.below(8) > 0) this.world.watch(this.#sendFrames(client, ['2::']))
  }

  async #send (client: Revision1Client, conversation: Conversation): Promise<void> {
    const frames = Array.from({ length: this.random.between(1, 3) }, () => `3:${this.random.pick(['', '7', '8+'])}::${conversation.next('u', this.random.small(200))}`)
    if (await this.#sendFrames(client, frames) === '1' && this.world.isOpen(client.sid)) conversation.answer(frames)
  }

  async #sendFrames (client: Revision1Client, frames: readonly string[]): Promise<string | undefined> {
    if (!isWebSocket(client.name)) return await this.#post(client, toPayload(frames))
    if (this.#held !== undefined) await this.settled('an upgrade', this.#held.opened)
    for (const one of frames) this.#sendOn(one)
    return undefined
  }

  /** A WebSocket may have closed meanwhile. */
  #sendOn (text: string): void {
    try {
      this.#held?.send(text)
    } catch {}
  }

  async #post (client: Revision1Client, payload: string): Promise<string | undefined> {
    const answer = await this.settled('a POST', client.post(payload))
    if (answer === undefined) return undefined
    const { status, body } = answer
    const refused = status === 413 || status === 408 || (status === 503 && this.world.app.socketio.draining) // not heard, and not acknowledged
    if (!refused && !this.world.closing && (status !== 200 || body !== '1')) throw new Broken(`a POST is answered with ${status} ${body}`)
    return body
  }

  /** The older transport goes on until the server has ended it. */
  #change (sid: string, conversation: Conversation): void {
    if (this.#client !== undefined) this.#others.push(this.#client)
    conversation.mixed = true
    this.#use(sid)
    if (this.#client !== undefined) this.#hold(this.#client, conversation)
  }

  #garbage (): string {
    return wellFormed(mutate({ inputs: GARBAGE, tokens: TOKENS }, this.random)).slice(0, 5000)
  }

  /** Something that no client does. */
  async #foul (client: Revision1Client, conversation: Conversation): Promise<void> {
    const { random } = this
    const { base, sid } = client
    const onWebSocket = isWebSocket(client.name)
    const fouls: readonly (readonly [name: string, run: () => unknown])[] = [
      ['garbage', () => onWebSocket ? this.#sendFrames(client, [this.#garbage()]) : this.#post(client, this.#garbage())],
      ['POST beside a stream', () => this.settled('a POST', client.post(this.#garbage(), random.pick(ALL)))],
      ['too much', () => onWebSocket ? this.#sendFrames(client, [`3:::${'x'.repeat(4000)}`]) : this.#post(client, `3:::${'x'.repeat(4000)}`)],
      ['second request', () => {
        if (this.#held !== undefined) conversation.overlapping = true
        this.#hold(client, conversation)
      }],
      ['break', () => {
        conversation.broken = conversation.mixed = true
        if (!breakOne(client.agent, random)) this.#held?.destroy()
      }],
      ['POST that is not waited for', () => {
        conversation.mixed = true
        client.post('2::').catch(() => {})
        if (random.oneIn(2)) breakOne(client.agent, random)
      }],
      ['goodbye', () => this.#sendFrames(client, ['0::'])],
      ['disconnect by URL', () => this.ask(`${base}/${random.pick(ALL)}/${sid}?disconnect=1`)],
      ['other revision', () => this.ask(`${base}${random.pick(['0', '.0', '5', 'x'])}/${client.name}/${sid}`)],
      ['Engine.IO', () => this.ask(`${base.slice(0, -1)}?EIO=${random.pick([3, 4])}&transport=polling&sid=${sid}`)],
      ['other method', () => this.settled('a request', client.request(random.pick(['PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'])))],
      ['many packets', () => this.#sendFrames(client, Array.from({ length: 21 }, () => '3:::x'))]
    ]
    const [name, run] = random.pick(fouls)
    this.note(name)
    await run()
  }

  /** Changes the transport once the server knows of the older one: else they might come in any order. */
  async #leaveTransport (sid: string, conversation: Conversation): Promise<void> {
    if (this.#held !== undefined && !await this.world.holds(sid)) conversation.overlapping = true
    this.#change(sid, conversation)
  }

  /** Reads nothing for a while, and may go on elsewhere meanwhile. */
  async #stall (client: Revision1Client, conversation: Conversation): Promise<void> {
    if (this.#held === undefined) this.#hold(client, conversation)
    const held = await this.world.holds(client.sid)
    this.stall(client.sid, socketsOf(client.agent))
    if (!isPolling(client.name)) conversation.broken = true // what is still on its way when the transport changes is given up after a time
    else if (held && this.random.oneIn(2)) this.#hold(client, conversation)
    else if (held && this.random.oneIn(2)) this.#change(client.sid, conversation)
  }

  #over (): void {
    this.leave()
    this.#client = undefined
    this.#conversation = undefined
    this.#held = undefined
    this.#others = []
  }

  override leave (): void {
    super.leave()
    if (this.#conversation !== undefined) this.#conversation.broken = true
    for (const client of [...this.#others, this.#client]) client?.close()
  }

  async finish (): Promise<void> { await Promise.all(this.#reading) }
}
