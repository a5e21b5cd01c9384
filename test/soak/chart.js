// The report of a soak as one HTML file: lines over time as inline SVG, in light and dark, and tables. No script, nothing from elsewhere.
import { trend } from './verdict.js'

const MB = 1e6
const WIDTH = 640
const HEIGHT = 220
const MARGIN = { top: 12, right: 14, bottom: 26, left: 52 }
const INNER = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom }

const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1b2430; --soft: #5d6b7c; --line: #e3e7ec; --band: #0f172a0a;
  --c0: #2563eb; --c1: #d9480f; --c2: #0f8a5f; --c3: #9333ea; --c4: #b7791f; --c5: #64748b; --good: #0f8a5f; --bad: #c92a2a }
@media (prefers-color-scheme: dark) { :root { --page: #11151b; --card: #1a2029; --ink: #e6eaf0; --soft: #94a3b4; --line: #2b3440; --band: #ffffff0a;
  --c0: #7aa8ff; --c1: #ff9d66; --c2: #4fd0a0; --c3: #c79bff; --c4: #e9c46a; --c5: #9aa8b8; --good: #4fd0a0; --bad: #ff8787 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 28px 24px 48px; max-width: 1400px; background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif }
h1 { font-size: 22px; margin: 0 0 4px } h2 { font-size: 15px; margin: 0 0 6px } p { margin: 0 0 6px }
.soft { color: var(--soft) }
.verdict { border-left: 4px solid var(--good); background: var(--card); padding: 10px 14px; margin: 14px 0; border-radius: 4px; overflow-wrap: anywhere }
.verdict.bad { border-color: var(--bad) } .verdict b { color: var(--good) } .verdict.bad b { color: var(--bad) }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 10px; margin: 0 0 14px }
.figures div, section { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 10px 14px }
.figures b { display: block; font-size: 19px; font-variant-numeric: tabular-nums }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 14px; margin-bottom: 14px }
svg { display: block; width: 100%; height: auto; font-size: 11px } svg text { fill: var(--soft); font-variant-numeric: tabular-nums }
.grid { stroke: var(--line) } .band { fill: var(--band) } .median { stroke: var(--ink); stroke-dasharray: 5 4 }
polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; vector-effect: non-scaling-stroke }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } td, th { padding: 2px 0 2px 14px; text-align: right; font-weight: normal }
th { color: var(--soft) } td:first-child, th:first-child { text-align: left; padding-left: 0 } td { border-top: 1px solid var(--line) }
.legend { width: 100%; margin-top: 4px } .legend th + th { width: 72px } .key { display: inline-block; width: 12px; height: 3px; border-radius: 2px; margin-right: 7px; vertical-align: middle }
.wide { overflow-x: auto; margin-bottom: 14px }`

const escape = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
const format = (number) => number.toLocaleString('en', { maximumFractionDigits: Math.abs(number) < 100 ? 1 : 0 })

/** A number not much above `most` whose quarters are round. */
function ceiling (most) {
  const power = 10 ** Math.floor(Math.log10(most || 1))
  return [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].map((factor) => factor * power).find((value) => value >= most)
}

function * yAxis (top) {
  for (let i = 0; i <= 4; i++) {
    const y = MARGIN.top + INNER.height * (1 - i / 4)
    yield `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/>`
    yield `<text x="${MARGIN.left - 6}" y="${y + 4}" text-anchor="end">${format(top * i / 4)}</text>`
  }
}

function * xAxis (seconds, xOf) {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((candidate) => seconds / candidate <= 11) ?? 7200
  for (let at = 0; at <= seconds; at += step) {
    yield `<text x="${xOf(at)}" y="${HEIGHT - 8}" text-anchor="middle">${step >= 60 ? `${at / 60} min` : `${at} s`}</text>`
  }
}

/** One chart. Each of `series` is a name and what it takes of a sample; `marks` are drawn behind: SVG made with the scales. */
function draw ({ title, unit, series, marks = () => '' }, samples) {
  const seconds = samples.map(({ at }) => (at - samples[0].at) / 1000)
  const lines = series.map(([name, of]) => ({ name, values: samples.map(of) }))
  const top = ceiling(Math.max(...lines.flatMap(({ values }) => values)))
  const xOf = (second) => +(MARGIN.left + INNER.width * second / (seconds.at(-1) || 1)).toFixed(1)
  const yOf = (value) => +(MARGIN.top + INNER.height * (1 - value / top)).toFixed(1)
  const polylines = lines.map(({ values }, i) => `<polyline style="stroke: var(--c${i})" points="${values.map((value, at) => `${xOf(seconds[at])},${yOf(value)}`).join(' ')}"/>`)
  const rows = lines.map(({ name, values }, i) => {
    const cells = [Math.min(...values), Math.max(...values), values.at(-1)].map((value) => `<td>${format(value)}</td>`)
    return `<tr><td><span class="key" style="background: var(--c${i})"></span>${escape(name)}</td>${cells.join('')}</tr>`
  })
  return `<section><h2>${escape(title)} <span class="soft">${escape(unit)}</span></h2>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">${marks(xOf, yOf)}${[...yAxis(top), ...xAxis(seconds.at(-1), xOf), ...polylines].join('')}</svg>
<table class="legend"><tr><th></th><th>min</th><th>max</th><th>last</th></tr>${rows.join('')}</table></section>`
}

/** Where the crowd is there: the warm-up lighter than the two thirds that are compared, with their medians. */
function thirds (samples) {
  const run = samples.filter(({ phase }) => phase === 'run')
  if (run.length < 6) return () => ''
  const start = samples[0].at
  const edges = [0, 1, 2, 3].map((third) => (run[Math.min(Math.floor(run.length * third / 3), run.length - 1)].at - start) / 1000)
  const { middle, last } = trend(run)
  return (xOf, yOf) => [[edges[1], edges[2], middle], [edges[2], edges[3], last]].map(([from, to, held]) => {
    const y = yOf(held / MB)
    return `<rect class="band" x="${xOf(from)}" y="${MARGIN.top}" width="${xOf(to) - xOf(from) - 1}" height="${INNER.height}"/><line class="median" x1="${xOf(from)}" x2="${xOf(to)}" y1="${y}" y2="${y}"/>`
  }).join('')
}

/** What comes per second, from counts that grow. */
const perSecond = (key, samples) => (sample) => {
  const before = samples[samples.indexOf(sample) - 1]
  return before === undefined ? 0 : Math.max(sample[key] - before[key], 0) * 1000 / (sample.at - before.at)
}

/** Types of handles, the most frequent first. */
function handleTypes (samples) {
  const most = (type) => Math.max(...samples.map(({ handles }) => handles[type] ?? 0))
  return [...new Set(samples.flatMap(({ handles }) => Object.keys(handles)))].sort((a, b) => most(b) - most(a)).slice(0, 6)
}

const charts = (samples) => [
  {
    title: 'Memory held, after collection',
    unit: 'MB; dashed: medians that are compared',
    marks: thirds(samples),
    series: [['heap and external', ({ heapUsed, external }) => (heapUsed + external) / MB], ['heap', ({ heapUsed }) => heapUsed / MB], ['external', ({ external }) => external / MB], ['array buffers', ({ arrayBuffers }) => arrayBuffers / MB]]
  },
  { title: 'Registry', unit: 'sessions', series: [['sessions', ({ sessions }) => sessions], ['connected', ({ clients }) => clients], ['places taken, as the clients see it', ({ present }) => present]] },
  { title: 'Active handles', unit: 'by type', series: handleTypes(samples).map((type) => [type, ({ handles }) => handles[type] ?? 0]) },
  { title: 'Resident memory', unit: 'MB', series: [['rss', ({ rss }) => rss / MB]] },
  { title: 'Messages', unit: 'per second', series: [['said by clients', perSecond('said', samples)], ['answers heard', perSecond('heard', samples)], ['broadcasts heard', perSecond('broadcasts', samples)]] },
  { title: 'Queued for clients', unit: 'kB', series: [['queued', ({ queued }) => queued / 1000]] },
  { title: 'Event loops', unit: 'ms late', series: [['server, at most', ({ delay }) => delay.max], ['server, 99th percentile', ({ delay }) => delay.p99], ['clients, at most', ({ late }) => late], ['collection for the sample', ({ collecting }) => collecting]] }
]

const table = (head, rows) => `<table><tr>${head.map((cell) => `<th>${escape(cell)}</th>`).join('')}</tr>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${typeof cell === 'number' ? format(cell) : escape(cell)}</td>`).join('')}</tr>`).join('\n')}</table>`

function endings ({ endings: counts }) {
  const reasons = [...new Set(Object.values(counts).flatMap((row) => Object.keys(row)))].sort()
  return table(['how the client left', ...reasons], Object.entries(counts).map(([name, row]) => [name, ...reasons.map((reason) => row[reason] ?? '')]))
}

const counts = (title, object) => `<section><h2>${escape(title)}</h2>${table(['', ''], Object.entries(object).sort(([a], [b]) => a < b ? -1 : 1))}</section>`

/** The first of each kind: more say no more. */
const MOST_FAULTS = 30

function faults ({ faults: kinds }) {
  const list = Object.values(kinds).flatMap((texts) => texts.slice(0, MOST_FAULTS))
  return list.length === 0 ? '' : `<section class="wide"><h2>Faults</h2><ul>${list.map((text) => `<li>${escape(text)}</li>`).join('')}</ul></section>`
}

/** What the run was, in figures. */
export function figures (report) {
  const { last, cpu, samples } = report
  const run = samples.filter(({ phase }) => phase === 'run')
  const held = run.length < 6 ? undefined : trend(run)
  const mb = (bytes) => `${format(bytes / MB)} MB`
  return {
    'sessions opened': format(last.opened),
    'at a time, at most': format(Math.max(...samples.map(({ sessions }) => sessions))),
    'messages said': format(last.said),
    'answers heard': format(last.heard),
    'broadcasts heard': format(last.broadcasts),
    'of them binary, said': format(last.binary),
    'moves to a WebSocket': format(last.upgrades),
    'held, middle → last third': held === undefined ? '–' : `${mb(held.middle)} → ${mb(held.last)}`,
    'heap, first → last': `${mb(report.first.heapUsed)} → ${mb(last.heapUsed)}`,
    'of a core, server': `${format(cpu.server * 100)} %`,
    'of a core, clients': `${format(cpu.clients * 100)} %`
  }
}

/** @param complaints sentences; none: all is well */
export function chart (report, { seed, sessions, minutes, pace }, complaints) {
  const { samples, rows, metrics } = report
  const good = complaints.length === 0
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Soak</title><style>${STYLE}</style>
<h1>Soak</h1>
<p class="soft">${format(sessions)} sessions at a time for ${minutes} minutes, pace ${pace}, seed ${seed}, node ${process.version}</p>
<div class="verdict${good ? '' : ' bad'}">${good ? '<b>Flat.</b> Nothing lost, doubled or out of order; everything is as it was before.' : complaints.map((text) => `<p><b>Failed:</b> ${escape(text)}</p>`).join('')}</div>
<div class="figures">${Object.entries(figures(report)).map(([name, value]) => `<div><b>${value}</b><span class="soft">${escape(name)}</span></div>`).join('')}</div>
<div class="charts">${charts(samples).map((each) => draw(each, samples)).join('\n')}</div>
<section class="wide"><h2>Endings and the reasons that the server gave</h2>${endings(report)}</section>
${faults(report)}
<div class="charts">${counts('Sessions by transport', rows)}${counts('Ended, as metrics count', metrics.ended)}${counts('Refused, as metrics count', metrics.refused)}</div>
</html>
`
}
