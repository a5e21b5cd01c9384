// README.md and docs/options.md say what the code does: its examples, its options, their defaults. All links of all texts lead somewhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import t from 'tap'
import { slugify } from '../docs/.vitepress/links.js'
import { CORS_RULES, RULES } from '../src/option-rules.js'
import { readOptions } from '../src/options.js'
import { startExample } from './kit/servers/example.js'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const readme = read('README.md')

for (const name of ['quick-start.js', 'packets.js']) {
  t.test(`the README shows examples/${name} as it is`, async (t) => {
    t.ok(readme.includes('```js\n' + read(`examples/${name}`) + '```'))
  })
}

t.test('the README has at most 200 lines, and no line is endless', async (t) => {
  const lines = readme.trimEnd().split('\n')
  t.ok(lines.length <= 200, `${lines.length} lines`)
  t.same(lines.filter((line) => line.length > 260), [])
})

t.test('the light and the dark picture differ only in their colours', async (t) => {
  const [light, dark] = ['light', 'dark'].map((name) => read(`docs/picture-${name}.svg`))
  const colours = /#[0-9a-f]{6}/g
  t.equal(light?.replaceAll(colours, ''), dark?.replaceAll(colours, ''))
  t.not(light, dark)
})

t.test('the home of the site has the comparison of the README', async (t) => {
  const [table = ''] = /^\| \| this plugin \|[^]*?\n\n/m.exec(readme) ?? []
  t.ok(table.split('\n').length > 8)
  t.ok(read('docs/index.md').includes(table))
})

/** The measurements of the comparison: the row, the column, and in docs/performance.md the case, our dialect and the other server. */
const RATIOS = [
  ['WebSocket', 'fastify-socket.io', 'echo, official Server, WebSocket, 100 sessions', 'eio4-websocket', 'socket.io 4'],
  ['WebSocket', 'by hand', 'echo, official Server, WebSocket, 100 sessions', 'eio4-websocket', 'socket.io 4'],
  ['WebSocket', '@fastify/websocket', 'echo, WebSocket, 100 sessions', 'eio4-websocket', 'ws'],
  ['WebSocket', '0.9', 'echo, WebSocket, 100 sessions', 'rev1-websocket', 'socket.io 0.9'],
  ['polling', 'fastify-socket.io', 'echo, official Server, polling, 100 sessions', 'eio4-polling', 'socket.io 4'],
  ['polling', 'by hand', 'echo, official Server, polling, 100 sessions', 'eio4-polling', 'socket.io 4'],
  ['polling', '0.9', 'echo, polling, 100 sessions', 'rev1-xhr-polling', 'socket.io 0.9']
] as const

/** Ratios in the text below the comparison, and their cases in docs/performance.md. */
const IN_TEXT = [
  [/polling has (\d\.\d\d) of engine\.io with\s+100 sessions/, 'echo, polling, 100 sessions', 'eio4-polling', 'engine.io'],
  [/100 sessions, and (\d\.\d\d) with one alone/, 'echo, polling, 1 session', 'eio4-polling', 'engine.io'],
  [/To open a session costs (\d\.\d\d) of engine\.io/, 'open and close', 'eio4-websocket', 'engine.io'],
  [/and (\d\.\d\d) if it polls first/, 'upgrade, whole life', 'eio4-upgrade', 'engine.io']
] as const

t.test('the ratios of the comparison are those of docs/performance.md', async (t) => {
  const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim())
  const header = cellsOf(/^\| \| this plugin .+$/m.exec(readme)?.[0] ?? '')
  let group = ''
  const measured = read('docs/performance.md').split('\n').filter((line) => /`(?:rev1|eio4)-/.test(line)).map(cellsOf).map(([, name = '', ours, against, ratio]) => {
    group = name || group
    return { key: [group, ours?.replaceAll('`', ''), against].join(), ratio: ratio?.replaceAll('*', '') }
  })
  for (const [row, column, ...key] of RATIOS) {
    const cells = cellsOf(new RegExp(`^\\| our CPU per message: ${row} .+$`, 'm').exec(readme)?.[0] ?? '')
    const [shown] = (cells[header.findIndex((title) => title.includes(column))] ?? '').split(' of ')
    t.equal(shown, measured.find((one) => one.key === key.join())?.ratio, `${row}, ${column}`)
  }
  for (const page of [readme, read('docs/index.md')]) {
    for (const [pattern, ...key] of IN_TEXT) t.equal(pattern.exec(page)?.[1], measured.find((one) => one.key === key.join())?.ratio, key.join())
  }
})

t.test('the quick start answers an event with its acknowledgement', async (t) => {
  const { port, stop } = await startExample('quick-start.js')
  t.teardown(stop)
  const base = `http://127.0.0.1:${port}/socket.io/1/`
  const [sid] = (await (await fetch(base)).text()).split(':')
  const poll = async () => await (await fetch(`${base}xhr-polling/${sid}`)).text()
  t.equal(await poll(), '1::')
  await fetch(`${base}xhr-polling/${sid}`, { method: 'POST', body: '5:1+::{"name":"chat","args":["hello"]}' })
  t.equal(await poll(), '6:::1+["sent"]')
  for (const args of ['"hello"', '', '"hello","no function"']) await fetch(`${base}xhr-polling/${sid}`, { method: 'POST', body: `5:::{"name":"chat","args":[${args}]}` })
  t.equal((await fetch(base)).status, 200, 'events without an acknowledgement do not end the process')
})

t.test('the packets example lets in who has the token, and answers', async (t) => {
  const { port, stop } = await startExample('packets.js')
  t.teardown(stop)
  const base = `http://127.0.0.1:${port}/socket.io/1/`
  t.equal((await fetch(base)).status, 403)
  const [sid] = (await (await fetch(`${base}?token=secret`)).text()).split(':')
  const poll = async () => await (await fetch(`${base}xhr-polling/${sid}`)).text()
  t.equal(await poll(), '1::')
  await fetch(`${base}xhr-polling/${sid}`, { method: 'POST', body: '3:::hi' })
  t.equal(await poll(), '3:::ada: hi')
})

/** The rows of the tables of docs/options.md under headings of groups: the option, and the default as it is shown. */
const rows = [...read('docs/options.md').matchAll(/^\| `([a-z][\w.]*)` \| (.+?) \| .+ \|$/gm)].map(([, name = '', shown = '']) => ({ name, shown }))

t.test('docs/options.md has each option once, and no other', async (t) => {
  const { cors, ...others } = RULES
  t.ok(cors)
  const expected = [...Object.keys(others), ...Object.keys(CORS_RULES).map((name) => `cors.${name}`)]
  t.same(rows.map(({ name }) => name).sort(), expected.sort())
})

t.test('the options of the types are those of the code', async (t) => {
  const [, text = ''] = read('types/options.d.ts').split('export interface SocketioTransportsOptions')
  t.same([...text.matchAll(/^ {2}(\w+)\?/gm)].map(([, name]) => name).sort(), Object.keys(RULES).sort())
})

t.test('the defaults in docs/options.md are those of the code', async (t) => {
  const defaults: Record<string, unknown> = { ...readOptions({}) }
  /** Options whose default is described in words. */
  const described = ['prefix', 'cors.origin', 'cors.credentials', 'authorize', 'generateId', 'cluster', 'io', 'parser', 'flashPolicy']
  for (const { name, shown } of rows) {
    const value = defaults[name]
    if (described.includes(name)) t.ok(value === undefined || value === '', `${name} has a default that can be shown`)
    else t.equal(shown.replaceAll(/[`']/g, ''), Array.isArray(value) ? value.join(', ') : String(value), name)
  }
})

const TEXTS = [...readdirSync(new URL('.', root)), ...readdirSync(new URL('docs', root)).map((name) => `docs/${name}`), 'bench/README.md', 'test/security/README.md', 'test/golden/README.md']
  .filter((name) => name.endsWith('.md'))

/** The text without code. */
const prose = (path: string): string => read(path).replace(/^ *```[^]*?^ *```$/gm, '')

/** The anchors of a text, as GitHub makes them of headings, and its own. */
function anchorsOf (path: string): string[] {
  const seen = new Map<string, number>()
  const own = [...prose(path).matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  const ofHeadings = [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const slug = slugify(heading.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', ''))
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
  return [...own, ...ofHeadings]
}

const linksOf = (path: string): string[] =>
  [...prose(path).replace(/`[^`\n]+`/g, '').matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$|(?:src|srcset|href)="([^"]+)"/gm)].map(([, inline, reference, html]) => inline ?? reference ?? html ?? '')

for (const path of TEXTS) {
  t.test(`every link in ${path} leads to a file, and to an anchor that is there`, async (t) => {
    const dead = linksOf(path).filter((link) => {
      if (/^(?:https?|mailto):/.test(link)) return false
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : posix.join(posix.dirname(path), file)
      if (!existsSync(new URL(target, root))) return true
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor)
    })
    t.same(dead, [])
  })
}
