// The living picture: a field of dots for each dialect and transport. A dot is one session, or equally many sessions in all fields.
/* global ResizeObserver, devicePixelRatio, getComputedStyle, matchMedia, requestAnimationFrame */
import { element, setText, showEach } from './element.js'
import { ALL_DIALECTS, ALL_TRANSPORTS, clientsOf, dialectName, inNumbers } from './format.js'

/** Dots in the fullest field. */
const MOST = 360
const SIZE = 7 // px of a dot and its gap
const FADE_MS = 1400

const UNITS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
const isStill = matchMedia('(prefers-reduced-motion: reduce)')

/** One field: how many there are, and what has changed lately. */
class Field {
  #canvas = element('canvas', '')
  #count = 0
  #dots = 0
  #unit = 0
  #changes = { came: 0, moved: 0, left: 0 }
  #changedAt = -FADE_MS
  root = element('button', 'field', [element('span', 'name'), element('b', ''), this.#canvas])

  constructor (dialect, transport, choose) {
    this.root.type = 'button'
    this.root.dataset.dialect = dialect
    this.root.dataset.transport = transport
    this.root.title = 'Show these sessions'
    this.#canvas.setAttribute('aria-hidden', 'true')
    this.root.firstChild.textContent = transport
    this.root.addEventListener('click', () => choose(dialect, transport))
    new ResizeObserver(() => this.draw()).observe(this.root)
  }

  show (count, unit, moved) {
    setText(this.root.querySelector('b'), inNumbers(count))
    const dots = Math.ceil(count / unit)
    const isFirst = this.#unit === 0
    const difference = count - this.#count
    if (!isFirst && unit === this.#unit && (difference !== 0 || moved > 0)) {
      const came = Math.min(dots, Math.ceil(Math.max(difference, moved) / unit))
      this.#changes = { moved: Math.min(came, Math.ceil(moved / unit)), came: Math.max(0, came), left: Math.max(0, this.#dots - dots) }
      this.#changedAt = performance.now()
    }
    this.#count = count
    this.#dots = dots
    this.#unit = unit
    this.draw()
  }

  draw () {
    const width = this.root.clientWidth - 24
    if (width <= 0) return
    const age = performance.now() - this.#changedAt
    const { came, moved, left } = age < FADE_MS ? this.#changes : { came: 0, moved: 0, left: 0 }
    const columns = Math.max(1, Math.floor(width / SIZE))
    const height = Math.max(1, Math.ceil((this.#dots + left) / columns)) * SIZE
    const ratio = devicePixelRatio
    Object.assign(this.#canvas, { width: width * ratio, height: height * ratio })
    this.#canvas.style.width = `${width}px`
    this.#canvas.style.height = `${height}px`
    const pen = this.#canvas.getContext('2d')
    const style = getComputedStyle(this.root)
    const colours = Object.fromEntries(['--dot', '--good', '--wait', '--bad'].map((name) => [name, style.getPropertyValue(name)]))
    pen.scale(ratio, ratio)
    const strength = 1 - age / FADE_MS
    for (let at = 0; at < this.#dots + left; at++) {
      const x = (at % columns) * SIZE
      const y = Math.floor(at / columns) * SIZE
      const isNew = at < this.#dots && at >= this.#dots - came
      const mark = at >= this.#dots ? '--bad' : at >= this.#dots - moved ? '--wait' : '--good'
      if (at < this.#dots) {
        pen.globalAlpha = 1
        pen.fillStyle = colours['--dot']
        pen.fillRect(x, y, SIZE - 2, SIZE - 2)
      }
      if (!isNew && at < this.#dots) continue
      pen.globalAlpha = strength
      pen.fillStyle = colours[mark]
      pen.fillRect(x, y, SIZE - 2, SIZE - 2)
    }
    if (age < FADE_MS && !isStill.matches) requestAnimationFrame(() => this.draw())
    else if (age < FADE_MS) setTimeout(() => this.draw(), FADE_MS - age)
  }
}

export class Picture {
  #root
  #unit
  #choose
  #fields = new Map()

  /** @param choose called with the dialect and transport of a field that is clicked */
  constructor (root, unit, choose) {
    this.#root = root
    this.#unit = unit
    this.#choose = choose
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { for (const field of this.#fields.values()) field.draw() })
  }

  /** @param moves the sessions that have moved since the last time */
  show (sessions, moves) {
    const counts = ALL_DIALECTS.flatMap((dialect) => Object.entries(sessions[dialect] ?? {}).map(([transport, count]) => ({ dialect, transport, count })))
    for (const { dialect, transport } of counts) this.#fieldOf(dialect, transport)
    const most = Math.max(0, ...counts.map(({ count }) => count))
    const unit = UNITS.find((unit) => most / unit <= MOST) ?? 10_000
    setText(this.#unit, unit === 1 ? 'one dot is one session' : `one dot is ${unit} sessions`)
    const dialects = ALL_DIALECTS.filter((dialect) => [...this.#fields.keys()].some((key) => key.startsWith(dialect)))
    showEach(this.#root, dialects.length === 0 ? ['none'] : dialects, {
      keyOf: (dialect) => dialect,
      make: (dialect) => dialect === 'none'
        ? element('p', 'quiet', 'No session is connected.')
        : element('div', 'dialect', [element('h3', '', [dialectName(dialect), element('small', 'quiet', clientsOf(dialect))]), element('div', 'fields')]),
      update: (row, dialect) => { if (dialect !== 'none') this.#row(row, dialect) }
    })
    for (const [key, field] of this.#fields) {
      const [dialect, transport] = key.split('/')
      const moved = moves.filter((move) => move.dialect === dialect && move.transport === transport).length
      field.show(sessions[dialect]?.[transport] ?? 0, unit, moved)
    }
  }

  #row (row, dialect) {
    const fields = ALL_TRANSPORTS.flatMap((transport) => this.#fields.get(`${dialect}/${transport}`) ?? [])
    const container = row.querySelector('.fields')
    if (container.children.length !== fields.length) container.replaceChildren(...fields.map(({ root }) => root))
  }

  #fieldOf (dialect, transport) {
    const key = `${dialect}/${transport}`
    if (!this.#fields.has(key)) this.#fields.set(key, new Field(dialect, transport, this.#choose))
  }
}
