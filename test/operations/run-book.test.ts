// docs/run-book.md: each line of the log, metric, reason and alert that it names exists, and each alert is there.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { FAMILIES } from '../../src/prometheus/families.js'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const page = read('docs/run-book.md')
const code = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => read(`src/${name}`)).join('\n')

const [ends = '', refusals = ''] = read('types/reasons.d.ts').split('export type RefusalReason')
const quoted = (text: string): string[] => [...text.matchAll(/'([a-z ]+)'/g)].map(([, word = '']) => word)
const [END_REASONS, REFUSALS] = [quoted(ends.slice(ends.indexOf('export type EndReason'))), quoted(refusals)]
const METRICS = FAMILIES.map(({ name }) => `socketio_${name}`)
const ALERTS = [...read('docs/alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)

const inCode = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, token = '']) => token)
const sections = page.split(/^## /m).slice(1).map((text) => {
  const [title = '', ...rest] = text.split('\n')
  const items = new Map(rest.join('\n').split(/^- /m).slice(1).map((item) => [/^\*\*(\w+):\*\*/.exec(item)?.[1] ?? '', item] as const))
  return { title, items }
})

t.ok(sections.length > 12 && ALERTS.length > 5 && METRICS.length > 10 && END_REASONS.length > 10 && REFUSALS.length > 20)

for (const { title, items } of sections) {
  t.test(title, async (t) => {
    t.strictSame([...items.keys()], ['Users', 'Log', 'Metric', 'Do'])
    for (const token of inCode(items.get('Log') ?? '')) {
      const refused = /^refused: (.+)$/.exec(token)?.[1]
      if (refused !== undefined) t.ok(REFUSALS.includes(refused), `the reason of ${token}`)
      else t.ok(END_REASONS.includes(token) || code.includes(token.replace(/: .*$/, '')) || token === 'npm', `the code writes ${token}`)
    }
    for (const token of inCode([...items.values()].join('\n')).filter((token) => token.startsWith('socketio_'))) {
      const [, name = '', label, value = ''] = /^(\w+)(?:\{(\w+)="(.+)"\})?$/.exec(token) ?? []
      t.ok(METRICS.includes(name), `the metric ${name}`)
      if (label === 'reason') t.ok((name.includes('refused') ? REFUSALS : END_REASONS).includes(value), `the reason ${value}`)
      else if (label !== undefined) t.ok(code.includes(`${value}`), `the ${label} ${value}`)
    }
  })
}

t.test('each alert is in the run-book, and no other', async (t) => {
  const named = new Set([...page.matchAll(/`(Socketio\w+)`/g)].map(([, name = '']) => name))
  t.strictSame([...named].sort(), [...ALERTS].sort())
})
