// What client and server have said to each other in one session, numbered in each direction, and whether it arrived as it should: in
// order, once, whole.

/** Something does not hold. */
export class Broken extends Error {}

/** A numbered message among whatever stands around it. */
const NUMBERED = /([ud])(\d+)\.(x*)!/

/** So many of its last events are told of a session that is broken. */
const HISTORY = 200

/** One session's messages. */
export class Conversation {
  readonly sid: string
  /** What the client has heard, a list for each request or WebSocket, in the order in which they were opened. */
  readonly #heard: number[][] = []
  /** What the application has heard. */
  readonly #received: number[] = []
  /** What the client was told has arrived. */
  readonly #answered: number[] = []
  /** How long each message of either side is. */
  readonly #sizes = { u: [] as number[], d: [] as number[] }
  /** The application was told of it. */
  opened = false
  /** The client has broken a connection, or let one wait: what was on its way may be lost, or come again. */
  broken = false
  /** The client has opened two requests at a time, which may have come to the server in any order. */
  overlapping = false
  /** The client has sent on two connections at a time. */
  mixed = false
  /** What happened in it last. */
  readonly #history: string[] = []
  /** When the application has ended it, ms. */
  ended: number | undefined
  /** The session was not given up before all was said. */
  inTime = false
  /** Why the session has ended, as often as the application was told. */
  readonly closes: string[] = []

  constructor (sid: string) {
    this.sid = sid
  }

  note (text: string): void {
    this.#history.push(text)
    if (this.#history.length > HISTORY) this.#history.shift()
  }

  #broken (what: string): Broken {
    return new Broken(`${this.sid}: ${what}; ${this.#history.join(', ')}`)
  }

  /** The next message of the client (`u`) or the server (`d`). */
  next (who: 'u' | 'd', size: number): string {
    const number = this.#sizes[who].push(size) - 1
    this.note(`${who}${number}`)
    return `${who}${number}.${'x'.repeat(size)}!`
  }

  /** Which of them the texts hold. */
  numbersIn (texts: readonly string[], who: 'u' | 'd'): number[] {
    return texts.flatMap((text) => {
      const [, from, digits, padding = ''] = NUMBERED.exec(text) ?? []
      if (from !== who) return []
      const number = Number(digits)
      if (this.#sizes[who][number] !== padding.length) throw this.#broken(`${who}${number} has ${padding.length} characters, and not ${this.#sizes[who][number]}`)
      return [number]
    })
  }

  /** A new request or WebSocket; what comes of it is told to the function. */
  connection (): (texts: readonly string[]) => void {
    const heard: number[] = []
    this.#heard.push(heard)
    const index = this.#heard.length
    return (texts) => {
      const numbers = this.numbersIn(texts, 'd')
      heard.push(...numbers)
      for (const number of numbers) this.note(`d${number} heard on ${index}`)
    }
  }

  /** The application has heard this. */
  receive (text: string): void {
    const numbers = this.numbersIn([text], 'u')
    this.#received.push(...numbers)
    for (const number of numbers) this.note(`u${number} received`)
  }

  /** The client was told that these have arrived. */
  answer (texts: readonly string[]): void {
    this.#answered.push(...this.numbersIn(texts, 'u'))
  }

  /** The client has been told in peace that the server has ended the session. @throws Broken when it has not heard all before */
  farewell (): void {
    const heard = this.#heard.flat().length
    if (this.inTime && !this.broken && heard < this.#sizes.d.length) throw this.#broken(`ended, and of ${this.#sizes.d.length} messages ${heard} were heard`)
  }

  /** @throws Broken when anything was lost, doubled or out of order that nobody broke */
  verify (): void {
    this.#verifyDown()
    this.#verifyUp()
  }

  #verifyDown (): void {
    for (const list of this.#heard) this.#inOrder(list, 'd')
    const all = this.#heard.flat()
    if (this.overlapping) all.sort((one, other) => one - other)
    const expected = all.map((_number, i) => i)
    if (!this.broken && all.join() !== expected.join()) throw this.#broken(`the client has heard ${this.#heard.map((list) => `[${list.join()}]`).join(' ')}`)
  }

  #verifyUp (): void {
    if (!this.mixed) this.#inOrder(this.#received, 'u')
    if (new Set(this.#received).size !== this.#received.length) throw this.#broken(`doubled: ${this.#received.join()}`)
    const lost = this.#answered.filter((number) => !this.#received.includes(number))
    if (lost.length > 0) throw this.#broken(`the answer said that these came, which did not: ${lost.join()}`)
  }

  #inOrder (numbers: readonly number[], who: string): void {
    const at = numbers.findIndex((number, i) => i > 0 && number <= Number(numbers[i - 1]))
    if (at >= 0) throw this.#broken(`${who} out of order: ${numbers.join()}`)
  }
}
