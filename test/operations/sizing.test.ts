// docs/sizing.md: its figures are those of docs/performance-scale.json, and its limits have the defaults of the code.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { readOptions } from '../../src/options.js'

const read = (path: string): string => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8')
const page = read('sizing.md')

interface Row { kind: string, sessions: number, resident?: number, all?: number, delivery?: number }
const { rows } = JSON.parse(read('performance-scale.json')) as { rows: Row[] }

const cellsOf = (line: string): string[] => line.slice(1, -1).split('|').map((cell) => cell.trim())
const tableOf = (heading: string): string[][] => (page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| ')).slice(1).map(cellsOf)
const numberIn = (text = ''): number => Number(/[\d,.]+/.exec(text)?.[0].replaceAll(',', ''))

/** The kind of session that a line is about. */
function kindOf (text: string): string {
  if (text.startsWith('htmlfile')) return 'htmlfile'
  const dialect = text.includes('0.9') ? 'rev1' : 'eio4'
  return text.startsWith('polling') || text.includes('over polls') ? (dialect === 'rev1' ? 'rev1-xhr-polling' : 'eio4-polling') : `${dialect}-websocket`
}

const LARGEST = Math.max(...rows.map(({ sessions }) => sessions))

/** The figure of the benchmark that a line tells. */
function measured (text: string, key: 'resident' | 'all' | 'delivery'): number {
  const sessions = text.includes('sessions)') ? numberIn(/\(([\d,]+) sessions\)/.exec(text)?.[1]) : LARGEST
  const found = rows.find((row) => row.kind === kindOf(text) && row.sessions === sessions && row[key] !== undefined)?.[key]
  if (found === undefined) throw new Error(`no ${key} of ${text}`)
  return found
}

/** Whether a rounded figure is that of a value. */
const isNear = (shown: number, value: number): boolean => Math.abs(shown - value) / value < 0.015

t.test('memory', async (t) => {
  const table = tableOf('Memory')
  t.equal(table.length, 5)
  for (const [name = '', kilobytes, perGigabyte] of table) {
    const bytes = measured(name, 'resident')
    t.ok(isNear(numberIn(kilobytes), bytes / 1000), `${name}: ${bytes} bytes`)
    t.ok(isNear(numberIn(perGigabyte), 1e9 / bytes), `${name}: ${Math.round(1e9 / bytes)} sessions in 1 GB`)
  }
  t.match(page, `with ${LARGEST.toLocaleString('en')} sessions`)
})

t.test('CPU', async (t) => {
  const table = tableOf('CPU')
  t.equal(table.length, 6)
  for (const [name = '', time, perSecond] of table) {
    const µs = measured(name, name.startsWith('broadcast') ? 'delivery' : 'all')
    t.ok(isNear(numberIn(time), µs), `${name}: ${µs} µs`)
    t.ok(isNear(numberIn(perSecond), 1e6 / µs), `${name}: ${Math.round(1e6 / µs)} in a second`)
  }
})

t.test('defaults of limits', async (t) => {
  const defaults: Record<string, unknown> = { ...readOptions({}) }
  const shown = new Map(tableOf('Limits to set').map(([name = '', , text = '']) => [name.replaceAll('`', ''), /Default:? (.+)$/.exec(text)?.[1]]))
  const asShown = (value: unknown): string => value === false ? 'none' : Number(value) % 2 ** 20 === 0 ? `${Number(value) / 2 ** 20} MiB` : Number(value) === 1_000_000 ? '1 MB' : Number(value).toLocaleString('en')
  const own = [...shown].filter(([, text]) => text !== undefined)
  t.equal(own.length, 6)
  for (const [name, text] of own) t.equal(text, asShown(defaults[name]), name)
})
