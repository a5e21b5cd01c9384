// All that the processes of a soak tell, put together: samples over time, endings and their reasons, what went wrong.
const MB = 1e6

/** Objects of numbers, key by key. */
export function addUp (objects) {
  const total = {}
  for (const object of objects) {
    for (const [key, number] of Object.entries(object)) total[key] = (total[key] ?? 0) + number
  }
  return total
}

export class Report {
  /** The server's, the first one before any client came. */
  samples = []
  /** Ending → reason → how often. */
  endings = {}
  /** What should not have been. */
  faults = { messages: [], reasons: [], log: [] }
  metrics
  #tallies = new Map()
  #cpus = new Map()
  /** How late the clients have been at most, ms. */
  #late = 0
  #reasons = new Map()
  #left = new Map()

  get first () { return this.samples[0] }
  get last () { return this.samples.at(-1) }
  /** Sessions that have left and that the server has not let go of. */
  get missed () { return [...this.#left.values()].map(([name]) => name) }
  /** Sessions that ended and that no client has left. */
  get unclaimed () { return [...this.#reasons.values()] }

  onServer ({ sample, metrics, tally, ended }, phase) {
    this.samples.push({ ...sample, ...this.#total(), late: this.#late, phase })
    this.#late = 0
    this.metrics = metrics
    this.faults.messages.push(...tally.faults)
    this.faults.log.push(...tally.errors)
    for (const [sid, reason] of ended) this.#match(sid, this.#left.get(sid), reason)
  }

  onClients (id, { tally, present, left, late, cpu }) {
    this.#late = Math.max(this.#late, late)
    this.#tallies.set(id, { ...tally, present })
    this.#cpus.set(id, cpu)
    this.faults.messages.push(...tally.faults)
    for (const [sid, ...ending] of left) this.#match(sid, ending, this.#reasons.get(sid))
  }

  /** Server and client tell of an end in either order. */
  #match (sid, ending, reason) {
    if (ending === undefined) return this.#reasons.set(sid, reason)
    if (reason === undefined) return this.#left.set(sid, ending)
    this.#reasons.delete(sid)
    this.#left.delete(sid)
    const [name, reasons] = ending
    if (!reasons.includes(reason)) this.faults.reasons.push(`session ${sid} left by "${name}" and ended as "${reason}", not as ${reasons.join(' or ')}`)
    const counts = this.endings[name] ??= {}
    counts[reason] = (counts[reason] ?? 0) + 1
  }

  /** Sessions by transport. */
  get rows () { return addUp([...this.#tallies.values()].map(({ rows }) => rows)) }

  /** What all clients have done. */
  #total () {
    const totals = [...this.#tallies.values()].map(({ rows, faults, ...counts }) => counts)
    return { opened: 0, said: 0, heard: 0, broadcasts: 0, binary: 0, upgrades: 0, present: 0, ...addUp(totals) }
  }

  /** How busy a core was with the server and with the clients, from the first sample to the last. */
  get cpu () {
    const elapsed = (this.last.at - this.first.at) * 1000
    const used = ({ user, system }) => user + system
    const clients = [...this.#cpus.values()].reduce((sum, cpu) => sum + used(cpu), 0)
    return { server: (used(this.last.cpu) - used(this.first.cpu)) / elapsed, clients: clients / elapsed }
  }

  /** The last sample as a line. */
  get line () {
    const { at, sessions, present, heapUsed, external, rss, handles, queued, delay, late, opened, said, heard, broadcasts } = this.last
    const mb = (bytes) => `${(bytes / MB).toFixed(1)}`
    return [
      `${((at - this.first.at) / 1000).toFixed(0).padStart(5)} s`,
      `sessions ${sessions} (clients ${present})`,
      `heap ${mb(heapUsed)} + ${mb(external)} MB`,
      `rss ${mb(rss)} MB`,
      `sockets ${handles.TCPSocketWrap ?? 0}`,
      `queued ${(queued / 1000).toFixed(0)} kB`,
      `late ${delay.max.toFixed(0)} ms (clients ${late.toFixed(0)} ms)`,
      `opened ${opened}`,
      `messages ${said} → ${heard}`,
      `broadcasts ${broadcasts}`,
      `faults ${Object.values(this.faults).flat().length}`
    ].join('  ')
  }
}
