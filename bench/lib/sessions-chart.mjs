// This plugin beside engine.io by the number of sessions: CPU per message and memory of the server, a panel for each transport.
import { at, ceiling, document, line, short, text } from './svg.mjs'

const WIDTH = 860
const HEAD = 66
const PANEL = { width: 430, height: 262, left: 74, right: 30, top: 52, bottom: 56 }
const PLOT = { width: PANEL.width - PANEL.left - PANEL.right, height: PANEL.height - PANEL.top - PANEL.bottom }
/** Labels that are closer than this would touch, px. */
const CLOSE = 40

const SERIES = [{ name: 'this plugin', kind: 's0' }, { name: 'engine.io', kind: 's1' }]
const TITLE = 'This plugin and engine.io, by the number of sessions'
const notesFor = (active) => [
  `Less is better. Time and memory are those of the server. ${active} sessions, or all, have a message on its way; the others are idle.`,
  'Ratio: the figure of this plugin divided by that of engine.io. Both servers run at the same time, and have their load in turns.'
]

const MEMORY = 1e6
const KILOBYTE = 1000

/** What a session adds to the memory of the server, from the fewest to the most, KB. */
function ofSession (rows, side) {
  const [first, last] = [rows[0], rows.at(-1)]
  const bytes = (last[side].resident - first[side].resident) / (last.sessions - first.sessions)
  return Number((bytes / KILOBYTE).toFixed(1))
}

/** The panels of a transport; each has for every count what ours and the peer cost. */
function panelsOf (title, rows) {
  const cost = rows.map(({ sessions, value, againstValue, ratio }) => ({ sessions, values: [value, againstValue], ratio }))
  const memory = rows.map(({ sessions, ours, peer }) => ({ sessions, values: [ours.resident / MEMORY, peer.resident / MEMORY], ratio: ours.resident / peer.resident }))
  return [
    { title: `CPU of a message, ${title}, µs`, columns: cost },
    { title: `Memory of the server, ${title}, MB`, note: rows.length > 1 ? `A session adds ${ofSession(rows, 'ours')} KB; with engine.io ${ofSession(rows, 'peer')} KB.` : '', columns: memory }
  ]
}

const thousands = (count) => count < 1000 ? String(count) : `${Number((count / 1000).toFixed(1))}k`

const marks = [
  (x, y) => `<circle class="s0" cx="${at(x)}" cy="${at(y)}" r="3.5"/>`,
  (x, y) => `<rect class="s1" x="${at(x - 3.5)}" y="${at(y - 3.5)}" width="7" height="7"/>`
]

/** A word below each count; those of two counts that are close make room for each other. */
function below (columns, xOf, y, wordOf, kind) {
  return columns.map((column, i) => {
    const x = xOf(column.sessions)
    const before = i > 0 && x - xOf(columns[i - 1].sessions) < CLOSE
    const after = i < columns.length - 1 && xOf(columns[i + 1].sessions) - x < CLOSE
    return text(before ? x - 6 : after ? x + 6 : x, y, wordOf(column), { anchor: before ? 'start' : after ? 'end' : 'middle', kind })
  })
}

function panel ({ title, note = '', columns }, x, y) {
  const top = ceiling(Math.max(...columns.flatMap(({ values }) => values)))
  const first = columns[0].sessions
  const span = Math.log(columns.at(-1).sessions / first) || 1
  const xOf = (count) => x + PANEL.left + 14 + (PLOT.width - 14) * Math.log(count / first) / span
  const yOf = (value) => y + PANEL.top + PLOT.height * (1 - value / top)
  const floor = yOf(0)
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => top * share).flatMap((value) => [
    line('grid', x + PANEL.left, yOf(value), x + PANEL.width - PANEL.right + 10, yOf(value)),
    text(x + PANEL.left - 8, yOf(value) + 4, short(value), { anchor: 'end' })
  ])
  const lines = SERIES.map(({ kind }, i) => `<polyline class="${kind}" points="${columns.map(({ sessions, values }) => `${at(xOf(sessions))},${at(yOf(values[i]))}`).join(' ')}"/>`)
  const points = columns.flatMap(({ sessions, values }) => marks.map((mark, i) => mark(xOf(sessions), yOf(values[i]))))
  return [
    text(x + 20, y + 18, title, { kind: 'group' }),
    text(x + 20, y + 36, note),
    ...grid,
    ...columns.map(({ sessions }) => line('one', xOf(sessions), floor, xOf(sessions), floor + 5)),
    ...lines, ...points,
    text(x + PANEL.left - 8, floor + 19, 'sessions', { anchor: 'end' }),
    ...below(columns, xOf, floor + 19, ({ sessions }) => thousands(sessions)),
    text(x + PANEL.left - 8, floor + 36, 'ratio', { anchor: 'end' }),
    ...below(columns, xOf, floor + 36, ({ ratio }) => ratio.toFixed(2), 'figure')
  ]
}

/**
 * @param rows as `pairRow` makes them, with `ours.resident` and `peer.resident`; their title is the transport
 * @param active how many sessions sent messages, at most
 * @param theme `light` or `dark`
 */
export function sessionsChart (rows, active, theme) {
  const titles = [...new Set(rows.map(({ title }) => title))]
  const columns = titles.map((title) => panelsOf(title, rows.filter((row) => row.title === title).sort((a, b) => a.sessions - b.sessions)))
  const body = columns.flatMap((panels, i) => panels.flatMap((each, j) => panel(each, i * PANEL.width, HEAD + j * PANEL.height)))
  const bottom = HEAD + 2 * PANEL.height
  const legend = SERIES.flatMap(({ name }, i) => [marks[i](26 + i * 110, 46), text(36 + i * 110, 50, name, { kind: 'figure' })])
  return document(WIDTH, bottom + 44, TITLE, [text(20, 28, TITLE, { kind: 'title' }), ...legend, ...body, ...notesFor(active).map((note, i) => text(20, bottom + 12 + i * 18, note))], theme)
}
