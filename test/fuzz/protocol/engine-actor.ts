// A client of Engine.IO 3 or 4 that keeps to the protocol as often as not.
import { decodePacket } from '../../../src/codec/engine-io.js'
import { EngineClient, WAYS } from '../../kit/engine-io/client.js'
import { toBody } from '../../kit/engine-io/payload.js'
import { mutate, TOKENS } from '../mutate.js'
import { wellFormed } from '../target.js'
import { Actor, breakOne, socketsOf } from './actor.js'
import type { Step } from './actor.js'
import { Broken } from './conversation.js'
import type { Conversation } from './conversation.js'
import type { Message } from '../../kit/engine-io/payload.js'
import type { EngineWebSocket } from '../../kit/engine-io/client.js'

const GARBAGE = ['2', '3', '1', '4', '40/chat,', '42/chat,["x"]', '420["n"]', '43', '41', '5', '6', '0', '2probe', 'bAQ==', 'b4AQ==', '451-["e",{"_placeholder":true,"num":0}]', '1:4', '2:4x', '4\x1e4', '']

/** The code of a WebSocket that was not closed but broke. */
const BROKEN = 1006

export class EngineActor extends Actor {
  #client: EngineClient | undefined
  #conversation: Conversation | undefined
  /** A WebSocket that the session may move to. */
  #candidate: EngineWebSocket | undefined
  #polling = false
  /** The default endpoint is connected: events may be sent. */
  #ready = false
  #reading: Promise<void>[] = []

  override note (text: string): void {
    super.note(text)
    this.#conversation?.note(text)
  }

  steps (): readonly Step[] {
    const client = this.#client
    const conversation = this.#conversation
    if (client === undefined || conversation === undefined) return [{ name: 'open', weight: 1, run: () => this.#open() }]
    const { sid } = client
    const onWebSocket = client.wire !== undefined
    const { random, world } = this
    return [
      { name: 'rest', weight: 3, run: () => this.rest() },
      { name: 'server says', weight: 5, run: () => { for (let i = random.between(1, 4); i > 0; i--) world.say(sid, random.oneIn(12) ? 6000 : random.small(300), random.oneIn(8)) } },
      { name: 'send', weight: this.#ready ? 6 : 0, run: () => this.#send(client, conversation) },
      { name: 'ask for the endpoint', weight: this.#ready || client.eio === 3 ? 0 : 4, run: () => this.#sendFrames(client, ['40']) },
      { name: 'heartbeat', weight: 2, run: () => this.#sendFrames(client, [client.eio === 3 ? '2' : '3']) },
      { name: 'poll', weight: onWebSocket || this.#polling ? 0 : 6, run: () => this.#poll(client, conversation) },
      { name: 'probe', weight: onWebSocket || this.#candidate !== undefined ? 0 : 2, run: () => this.#probe(client) },
      { name: 'upgrade', weight: this.#candidate !== undefined && !onWebSocket ? 4 : 0, run: () => this.#upgrade(client, conversation) },
      { name: 'give the probe up', weight: this.#candidate !== undefined && !onWebSocket ? 1 : 0, run: () => this.#giveUp() },
      { name: 'stall', weight: world.large ? 3 : 1, run: () => this.#stall(client, conversation) },
      { name: 'foul', weight: 2, run: () => this.#foul(client, conversation) },
      { name: 'server says, and ends it', weight: 1, run: () => this.#farewell(sid) },
      { name: 'leave', weight: 1, run: () => this.#over() }
    ]
  }

  async #open (): Promise<void> {
    const { random, world } = this
    const client = new EngineClient(world.port, random.pick([3, 4]), random.pick(WAYS))
    this.note(`${client.eio} ${client.way}`)
    const opened = await this.settled('a handshake', client.open())
    if (opened === undefined) return client.close() // refused
    this.#client = client
    this.#conversation = world.conversation(client.sid)
    this.#ready = world.face === 'messages'
    if (client.wire !== undefined) this.#read(client.wire, client, this.#conversation)
  }

  /** Takes all that a WebSocket brings. */
  #read (wire: EngineWebSocket, client: EngineClient, conversation: Conversation): void {
    const hear = conversation.connection()
    const read = async (): Promise<void> => {
      for (let packet = await wire.next(); packet !== undefined; packet = await wire.next()) this.#hear(packet, client, hear)
      if (await wire.closed !== BROKEN && !this.#polling) conversation.farewell()
    }
    this.#reading.push(this.world.watch(read()))
  }

  #hear (packet: Message, client: EngineClient, hear: (texts: readonly string[]) => void): void {
    hear([String(packet)])
    if (packet === '1') this.world.conversation(client.sid).farewell()
    if (typeof packet !== 'string') return
    decodePacket(packet, client.eio)
    if (packet.startsWith('40') && client === this.#client) this.#ready = true
    if (packet === '2' && this.reflexes.below(8) > 0) this.world.watch(this.#sendFrames(client, ['3']))
  }

  #poll (client: EngineClient, conversation: Conversation): void {
    if (this.#polling) conversation.overlapping = true
    const { answer } = client.hold()
    const hear = conversation.connection()
    this.#polling = true
    const read = async (): Promise<void> => {
      const answered = await this.settled('a poll', answer)
      if (client === this.#client) this.#polling = false
      if (answered === undefined) return
      if (answered.status === 200) for (const packet of client.read(answered)) this.#hear(packet, client, hear)
      else if (answered.status !== 400 && !this.world.closing) throw new Broken(`a poll is answered with ${answered.status} ${String(answered.body)}`)
    }
    this.#reading.push(this.world.watch(read()))
  }

  #farewell (sid: string): void {
    for (let i = this.random.below(3); i > 0; i--) this.world.say(sid, this.random.small(300), false)
    this.world.end(sid)
  }

  async #send (client: EngineClient, conversation: Conversation): Promise<void> {
    const frames = Array.from({ length: this.random.between(1, 3) }, () => `42${JSON.stringify(['message', conversation.next('u', this.random.small(200))])}`)
    if (await this.#sendFrames(client, frames) === 'ok' && this.world.isOpen(client.sid)) conversation.answer(frames)
  }

  /** What a POST is answered with. */
  async #sendFrames (client: EngineClient, frames: readonly Message[]): Promise<string | undefined> {
    if (client.wire === undefined) return await this.#post(client, toBody(frames, client.eio))
    if (client.wire.socket.readyState === client.wire.socket.OPEN) client.wire.send(...frames)
    return undefined
  }

  async #post (client: EngineClient, body: string): Promise<string | undefined> {
    const answer = await this.settled('a POST', client.post(body).answer)
    if (answer !== undefined && !this.world.closing && ![200, 400, 408, 413, ...(this.world.app.socketio.draining ? [503] : [])].includes(answer.status)) throw new Broken(`a POST is answered with ${answer.status} ${String(answer.body)}`)
    return answer === undefined ? undefined : String(answer.body)
  }

  async #probe (client: EngineClient): Promise<void> {
    const wire = client.newWire()
    this.#candidate = wire
    await this.settled('an upgrade', wire.opened)
    if (wire.socket.readyState !== wire.socket.OPEN) return this.#giveUp()
    if (this.random.oneIn(10)) return wire.send(this.#garbage())
    wire.send('2probe')
    const answer = await this.settled('a probe', wire.next())
    if (answer !== '3probe') this.#giveUp()
  }

  async #upgrade (client: EngineClient, conversation: Conversation): Promise<void> {
    const wire = this.#candidate
    if (wire === undefined) return
    // The client finishes the poll that it has open first; one that does not is served all the same.
    if (!this.random.oneIn(4)) await Promise.all(this.#reading.splice(0))
    if (wire.socket.readyState !== wire.socket.OPEN) return this.#giveUp()
    wire.send('5')
    client.wire = wire
    this.#candidate = undefined
    this.#read(wire, client, conversation)
  }

  #giveUp (): void {
    this.#candidate?.socket.terminate()
    this.#candidate = undefined
  }

  #garbage (): string {
    return wellFormed(mutate({ inputs: GARBAGE, tokens: TOKENS }, this.random)).slice(0, 5000)
  }

  /** Something that no client does. */
  async #foul (client: EngineClient, conversation: Conversation): Promise<void> {
    const { random } = this
    const url = client.url('polling')
    const fouls: readonly (readonly [name: string, run: () => unknown])[] = [
      ['garbage', () => client.wire === undefined ? this.#post(client, this.#garbage()) : this.#sendFrames(client, [this.#garbage()])],
      ['bytes', () => client.wire?.socket.readyState === 1 && client.wire.socket.send(Buffer.from(this.#garbage(), 'latin1'))],
      ['too much', () => client.wire === undefined ? this.#post(client, '4'.repeat(4000)) : this.#sendFrames(client, ['4'.repeat(4000)])],
      ['break', () => {
        conversation.broken = conversation.mixed = true
        if (client.wire !== undefined) client.wire.socket.terminate()
        else breakOne(client.agent, random)
      }],
      ['second poll', () => client.wire === undefined && this.#poll(client, conversation)],
      ['POST that is not waited for', () => {
        conversation.mixed = true
        client.post(toBody(['4x'], client.eio)).answer.catch(() => {})
        if (random.oneIn(2)) breakOne(client.agent, random)
      }],
      ['other version', () => this.ask(url.replace(`EIO=${client.eio}`, `EIO=${random.pick([client.eio === 3 ? 4 : 3, 5, 'x', ''])}`))],
      ['other transport', () => this.ask(url.replace('transport=polling', `transport=${random.pick(['websocket', 'x', ''])}`))],
      ['other method', () => this.ask(url, random.pick(['PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']))],
      ['index', () => this.ask(`${url}&j=x${encodeURIComponent(this.#garbage())}`)],
      ['many packets', () => this.#sendFrames(client, Array.from({ length: 21 }, () => '42["x"]'))],
      ['second WebSocket', () => { this.#candidate === undefined && this.world.watch(this.settled('a WebSocket', client.newWire().closed)) }]
    ]
    const [name, run] = random.pick(fouls)
    this.note(name)
    await run()
  }

  /** Reads nothing for a while. */
  async #stall (client: EngineClient, conversation: Conversation): Promise<void> {
    if (client.wire === undefined && !this.#polling) this.#poll(client, conversation)
    await this.world.holds(client.sid)
    this.stall(client.sid, client.wire === undefined ? socketsOf(client.agent) : [client.wire.socket])
    if (this.random.oneIn(4)) this.world.end(client.sid)
  }

  #over (): void {
    this.leave()
    this.#client = undefined
    this.#conversation = undefined
    this.#polling = false
  }

  override leave (): void {
    super.leave()
    if (this.#conversation !== undefined) this.#conversation.broken = true
    this.#giveUp()
    this.#client?.close()
  }

  async finish (): Promise<void> { await Promise.all(this.#reading) }
}
