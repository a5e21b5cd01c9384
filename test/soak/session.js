// One client's session: it numbers what it says, and checks that everything comes back once and in order, and that no broadcast is missing.
import { dialectOf } from './dialects.js'
import { pick } from './random.js'

const FILLINGS = ['x', 'é', '😀', '\u2028/', '"\\n\n', '</script>', ':\ufffd']
/** A session says no more than this before it has heard an answer, messages. */
const MOST_UNANSWERED = 40
const MOST_FAULTS = 100

/** What the sessions of one process have done, added up. */
export const newTally = () => ({ opened: 0, said: 0, heard: 0, broadcasts: 0, binary: 0, upgrades: 0, rows: {}, faults: [] })

/** An event as a promise. */
function signal () {
  const made = {}
  made.promise = new Promise((resolve) => { made.resolve = resolve })
  return made
}

export class Session {
  sid
  link
  /** It leaves: its end is none that nobody asked for. */
  leaving = false
  #init
  #dialect
  #random
  #tally
  #begun = performance.now()
  #said = 0
  #heard = 0
  #broadcast
  #volatile = 0
  /** What has been said and not come back. */
  #unanswered = []
  #timer
  #connected = signal()
  #drained = signal()
  #over = signal()

  /** @param init row of the table of transports, face, where the server is (`at`), random, tally */
  constructor (init) {
    this.#init = init
    this.#dialect = dialectOf(init.row.dialect, init.face)
    this.#random = init.random
    this.#tally = init.tally
  }

  get row () { return this.#init.row }
  get goodbye () { return this.#dialect.goodbye }
  /** Resolves when the session has ended, asked or not. */
  get over () { return this.#over.promise }

  fault (what) {
    const { row, face, tally } = this.#init
    if (tally.faults.length < MOST_FAULTS) tally.faults.push(`${row.dialect} ${row.name} on /${face}, ${this.sid}, ${Math.round(performance.now() - this.#begun)} ms after it began: ${what}`)
  }

  /** Resolves once it is connected, or over. */
  async open () {
    const { sid, link } = await this.row.open(this.#init)
    this.sid = sid
    this.link = link
    link.onPacket = (packet) => this.#dialect.receive(this, packet)
    link.onEnd = (why) => this.#ended(`ended unasked: ${why}`)
    link.start()
    await Promise.race([this.#connected.promise, this.over])
  }

  #ended (why) {
    if (!this.leaving) this.fault(why)
    this.finish()
  }

  /** Nothing of it is checked from now on. */
  finish () {
    clearInterval(this.#timer)
    this.link?.stop()
    this.#over.resolve()
  }

  /** Something has gone wrong with it. */
  abandon () {
    this.finish()
    this.link?.destroy()
  }

  // ---- what the dialect calls

  opened (sid) {
    this.sid = sid
    this.link.way.url += `&sid=${sid}`
  }

  connected () {
    const { dialect, name } = this.row
    const { rows } = this.#tally
    rows[`${dialect} ${name}`] = (rows[`${dialect} ${name}`] ?? 0) + 1
    this.#tally.opened++
    this.#connected.resolve()
  }

  every (ms, call) {
    this.#timer = setInterval(call, ms)
  }

  told (packet) {
    this.#ended(`was told ${packet}`)
  }

  hear (message) {
    const text = String(message)
    const right = this.#hearings[text[0]]?.(text, typeof message) ?? false
    if (!right) this.#ended(`heard ${JSON.stringify(text.slice(0, 40))} after ${this.#heard} answers and broadcast ${this.#broadcast}`)
  }

  /** `b` and the number of the broadcast. */
  #hearBroadcast (text) {
    this.#tally.broadcasts++
    const number = Number(text.slice(1, text.indexOf(' ')))
    const right = this.#broadcast === undefined || number === this.#broadcast + 1
    this.#broadcast = number
    return right
  }

  /** `v` and the number: broadcasts that may be missing. */
  #hearVolatile (text) {
    const number = Number(text.slice(1, text.indexOf(' ')))
    const right = number > this.#volatile
    this.#volatile = number
    return right
  }

  #hearings = {
    b: (text) => this.#hearBroadcast(text),
    v: (text) => this.#hearVolatile(text),
    e: (text, type) => this.#hearAnswer(text, type)
  }

  /** The number of the last broadcast that has come. */
  get broadcast () { return this.#broadcast }

  /** `e`, the number of the answer, the number of broadcasts that went before it, and what was said. */
  #hearAnswer (text, type) {
    const [head, number, broadcast] = /^e(\d+) (\d+) /.exec(text) ?? ['']
    this.#broadcast ??= Number(broadcast)
    const said = this.#unanswered.shift()
    const right = Number(number) === ++this.#heard && Number(broadcast) === this.#broadcast && said?.type === type && text.slice(head.length) === said.text
    this.#tally.heard++
    if (this.#unanswered.length === 0) this.#drained.resolve()
    return right
  }

  // ---- what it does

  /** Says so many messages at once, some of them binary, some large. */
  say (count) {
    if (this.#unanswered.length + count > MOST_UNANSWERED) return
    const packets = []
    for (let i = 0; i < count; i++) {
      const text = `u${++this.#said} ${this.#filling()}`
      const isBinary = this.#dialect.binary && this.#random() < 0.1
      if (isBinary) this.#tally.binary++
      const message = isBinary ? Buffer.from(text) : text
      this.#unanswered.push({ text, type: typeof message })
      packets.push(...this.#dialect.wrap(message))
    }
    this.#tally.said += count
    this.link.send(...packets)
  }

  #filling () {
    const random = this.#random()
    const filling = pick(this.#random, FILLINGS)
    return filling.repeat(random < 0.01 ? 10_000 / filling.length : 1 + random * 20)
  }

  /** Asks the server to end the session. */
  askToBeEnded () {
    this.link.send(...this.#dialect.wrap('end'))
  }

  /** Resolves to whether everything has come back within so many ms. */
  async drained (ms) {
    if (this.#unanswered.length === 0) return true
    this.#drained = signal()
    let timer
    const late = new Promise((resolve) => { timer = setTimeout(resolve, ms, false) })
    const drained = await Promise.race([this.#drained.promise.then(() => true), this.over.then(() => true), late])
    clearTimeout(timer)
    if (!drained) this.fault(`${this.#unanswered.length} answers have not come within ${ms} ms`)
    return drained
  }

  /** Moves from polls to a WebSocket; some try it in vain before. */
  async upgrade () {
    const { link } = this
    await link.probe()
    if (this.#random() < 0.2) {
      link.giveUp()
      return
    }
    await link.move()
    this.#tally.upgrades++
  }
}
