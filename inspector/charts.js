// Rates over the last five minutes, as lines.
import { element, setText } from './element.js'
import { inBytes, inTime, perSecond } from './format.js'

const KEPT = 300 // points, one in a second
const LEAST = 60 // points that the width has room for
const WIDTH = 300
const HEIGHT = 64
const SVG = 'http://www.w3.org/2000/svg'

const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0)
const bytes = (rate) => `${inBytes(rate)}/s`
const times = (rate) => `${perSecond(rate)}/s`

/** The charts: each line has a name and a counter. */
const CHARTS = [
  { title: 'Packets', show: times, lines: { 'from clients': ({ traffic }) => traffic.packetsIn, 'to clients': ({ traffic }) => traffic.packetsOut } },
  { title: 'Bytes', show: bytes, lines: { 'from clients': ({ traffic }) => traffic.bytesIn, 'to clients': ({ traffic }) => traffic.bytesOut } },
  { title: 'Sessions', show: times, lines: { opened: ({ opened }) => opened, ended: ({ ended }) => sum(ended) } },
  { title: 'Upgrades and refusals', show: times, lines: { upgraded: ({ upgrades }) => upgrades.done, refused: ({ refused }) => sum(refused) } }
]

const shape = (name, attributes) => {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

class Chart {
  #show
  #lines
  #most = element('span', 'most')
  #picture = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' })
  root

  constructor ({ title, show, lines }) {
    this.#show = show
    this.title = title
    this.#picture.setAttribute('aria-label', `${title}: nothing yet`)
    this.#lines = Object.entries(lines).map(([name, counter], at) => {
      const line = shape('polyline', { class: `line-${at}` })
      this.#picture.append(line)
      return { name, counter, line, value: element('b', ''), rates: [] }
    })
    const legend = this.#lines.map(({ name, value }, at) => element('span', `key-${at}`, [`${name} `, value]))
    this.root = element('figure', 'card chart', [element('figcaption', '', [element('h3', '', title), this.#most]), this.#picture, element('p', 'legend', legend)])
  }

  add (metrics, before, seconds) {
    for (const { counter, rates } of this.#lines) {
      rates.push(Math.max(0, counter(metrics) - counter(before)) / seconds)
      if (rates.length > KEPT) rates.shift()
    }
    const most = Math.max(...this.#lines.flatMap(({ rates }) => rates))
    const room = Math.max(LEAST, this.#lines[0].rates.length) - 1
    setText(this.#most, `up to ${this.#show(most)} in ${inTime(room * 1000 + 1000)}`)
    for (const { line, rates, value } of this.#lines) {
      const points = rates.map((rate, at) => `${WIDTH - (rates.length - 1 - at) * WIDTH / room},${HEIGHT - 2 - rate / (most || 1) * (HEIGHT - 4)}`)
      line.setAttribute('points', points.join(' '))
      setText(value, this.#show(rates.at(-1)))
    }
    const said = this.#lines.map(({ name, rates }) => `${name} ${this.#show(rates.at(-1))}`)
    this.#picture.setAttribute('aria-label', `${this.title} of the last five minutes. Now: ${said.join(', ')}. At most ${this.#show(most)}.`)
  }
}

export class Charts {
  #charts = CHARTS.map((chart) => new Chart(chart))
  #before

  constructor (root) {
    root.append(...this.#charts.map((chart) => chart.root))
  }

  show ({ at, metrics }) {
    const before = this.#before
    if (before !== undefined && at <= before.at) return
    this.#before = { at, metrics }
    if (before === undefined) return
    for (const chart of this.#charts) chart.add(metrics, before.metrics, (at - before.at) / 1000)
  }
}
