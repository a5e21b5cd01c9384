// Charts that read in light and dark: ratios as bars, figures over numbers of sessions as lines.
import { at, ceiling, document, line, short, text } from './svg.mjs'

const NOTE = 'Less is better. Thin line: 95 % confidence interval of the median. Mark: the bound that npm run bench:gate holds it to.'

const RATIOS = { width: 860, left: 330, right: 90, row: 20, head: 64 }

/** One bar: ratio, its interval, and the bound as a mark. */
function bar ({ dialect, against, ratio, low, high, bound }, y, xOf) {
  const middle = y + RATIOS.row / 2
  const over = bound !== undefined && low > bound
  return [
    text(RATIOS.left - 10, middle + 4, `${dialect} / ${against}`, { anchor: 'end' }),
    `<rect class="${over ? 'over' : 'bar'}" x="${RATIOS.left}" y="${at(y + 4)}" width="${at(xOf(ratio) - RATIOS.left)}" height="${RATIOS.row - 8}" rx="2"/>`,
    line('interval', xOf(low), middle, xOf(high), middle),
    ...bound === undefined ? [] : [line('bound', xOf(bound), y + 2, xOf(bound), y + RATIOS.row - 2)],
    text(RATIOS.width - RATIOS.right + 50, middle + 4, ratio.toFixed(2), { anchor: 'end', kind: 'figure' })
  ]
}

/**
 * Ratios as bars, below the titles of their groups.
 * @param rows { title, dialect, against, ratio, low, high, bound? }
 */
export function ratioChart (rows, title = 'This plugin, as a share of what its peers cost', note = NOTE) {
  const most = Math.max(1.1, ...rows.flatMap(({ high, bound }) => [high, bound ?? 0])) * 1.02
  const xOf = (value) => RATIOS.left + (RATIOS.width - RATIOS.left - RATIOS.right) * value / most
  const body = []
  let y = RATIOS.head
  for (const group of new Set(rows.map((row) => row.title))) {
    body.push(text(20, y + 14, group, { kind: 'group' }))
    y += RATIOS.row
    for (const row of rows.filter((row) => row.title === group)) {
      body.push(...bar(row, y, xOf))
      y += RATIOS.row
    }
    y += 8
  }
  const scale = (most > 1.4 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).flatMap((value) => [
    line(value === 1 ? 'one' : 'grid', xOf(value), RATIOS.head - 6, xOf(value), y),
    text(xOf(value), RATIOS.head - 12, value === 1 ? 'peer = 1' : value, { anchor: 'middle' })
  ])
  return document(RATIOS.width, y + 34, title, [
    text(20, 28, title, { kind: 'title' }),
    ...scale,
    ...body,
    text(20, y + 20, note)
  ])
}

const PANEL = { width: 420, height: 250, left: 62, right: 16, top: 40, bottom: 34 }

/** One panel: a line for each series over a logarithmic axis of counts. */
function panel ({ title, series }, names, x, y) {
  const points = series.flatMap((each) => each.points)
  const counts = [...new Set(points.map(([count]) => count))].sort((a, b) => a - b)
  const top = ceiling(Math.max(...points.map(([, value]) => value)))
  const span = Math.log(counts.at(-1) / counts[0]) || 1
  const xOf = (count) => x + PANEL.left + 10 + (PANEL.width - PANEL.left - PANEL.right - 20) * Math.log(count / counts[0]) / span
  const yOf = (value) => y + PANEL.top + (PANEL.height - PANEL.top - PANEL.bottom) * (1 - value / top)
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    line('grid', x + PANEL.left, yOf(top * share), x + PANEL.width - PANEL.right, yOf(top * share)),
    text(x + PANEL.left - 6, yOf(top * share) + 4, short(top * share), { anchor: 'end' })
  ])
  const lines = series.flatMap(({ name, points }) => {
    const kind = `s${names.indexOf(name) % 7}`
    return [
      `<polyline class="${kind}" points="${points.map(([count, value]) => `${at(xOf(count))},${at(yOf(value))}`).join(' ')}"/>`,
      ...points.map(([count, value]) => `<circle class="${kind}" cx="${at(xOf(count))}" cy="${at(yOf(value))}" r="2.5"/>`)
    ]
  })
  return [text(x + 12, y + 22, title, { kind: 'group' }), ...grid, ...counts.map((count) => text(xOf(count), y + PANEL.height - 14, short(count), { anchor: 'middle' })), ...lines]
}

/**
 * Panels of lines over counts, two in a row, with one legend.
 * @param panels { title, series: { name, points: [count, value][] }[] }[]
 */
export function scaleChart (panels, title) {
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))]
  const width = PANEL.width * 2
  const bottom = 44 + Math.ceil(panels.length / 2) * PANEL.height
  const legend = names.flatMap((name, i) => {
    const x = 20 + (i % 3) * 270
    const y = bottom + 16 + Math.floor(i / 3) * 20
    return [`<rect class="s${i % 7}" x="${x}" y="${y - 9}" width="14" height="10" rx="2"/>`, text(x + 22, y, name)]
  })
  return document(width, bottom + 16 + Math.ceil(names.length / 3) * 20, title, [
    text(20, 28, title, { kind: 'title' }),
    ...panels.flatMap((each, i) => panel(each, names, (i % 2) * PANEL.width, 44 + Math.floor(i / 2) * PANEL.height)),
    ...legend
  ])
}
