// Charts as SVG that reads in light and dark, without script or font from elsewhere.

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #4b5563 } .title { font-size: 15px; font-weight: 600; fill: #111827 } .group { font-weight: 600; fill: #111827 }
.figure { font-variant-numeric: tabular-nums; fill: #111827 } .page { fill: #fff } .grid { stroke: #e5e7eb } .one { stroke: #6b7280; stroke-dasharray: 4 3 }
.bar { fill: #3b82f6 } .over { fill: #ea580c } .interval { stroke: #111827 } .bound { stroke: #111827; stroke-width: 2 }
polyline { fill: none; stroke-width: 2 } .s0 { stroke: #2563eb; fill: #2563eb } .s1 { stroke: #d9480f; fill: #d9480f } .s2 { stroke: #0f8a5f; fill: #0f8a5f }
.s3 { stroke: #9333ea; fill: #9333ea } .s4 { stroke: #b7791f; fill: #b7791f } .s5 { stroke: #64748b; fill: #64748b } .s6 { stroke: #be185d; fill: #be185d }
polyline.s0, polyline.s1, polyline.s2, polyline.s3, polyline.s4, polyline.s5, polyline.s6 { fill: none }
@media (prefers-color-scheme: dark) { text { fill: #9ca3af } .title, .group, .figure { fill: #f3f4f6 } .page { fill: #0d1117 } .grid { stroke: #27303d }
.one { stroke: #9ca3af } .bar { fill: #60a5fa } .over { fill: #fb923c } .interval, .bound { stroke: #f3f4f6 }
.s0 { stroke: #7aa8ff; fill: #7aa8ff } .s1 { stroke: #ff9d66; fill: #ff9d66 } .s2 { stroke: #4fd0a0; fill: #4fd0a0 } .s3 { stroke: #c79bff; fill: #c79bff }
.s4 { stroke: #e9c46a; fill: #e9c46a } .s5 { stroke: #9aa8b8; fill: #9aa8b8 } .s6 { stroke: #f472b6; fill: #f472b6 } }`

const escape = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
const at = (value) => Number(value.toFixed(1))

const text = (x, y, words, { anchor = 'start', kind } = {}) =>
  `<text x="${at(x)}" y="${at(y)}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${kind === undefined ? '' : ` class="${kind}"`}>${escape(words)}</text>`

const line = (kind, x1, y1, x2, y2) => `<line class="${kind}" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"/>`

const document = (width, height, title, body) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>${STYLE}</style><rect class="page" width="${width}" height="${height}" rx="6"/>
${body.join('\n')}
</svg>
`

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

/** A number not much above `most` whose quarters are round. */
export function ceiling (most) {
  const power = 10 ** Math.floor(Math.log10(most || 1))
  return [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].map((factor) => factor * power).find((value) => value >= most) ?? 10 * power
}

const short = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })

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
