import { readFileSync } from 'node:fs'
import t from 'tap'
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

t.test('the quick start answers an event with its acknowledgement', async (t) => {
  const { port, stop } = await startExample('quick-start.js')
  t.teardown(stop)
  const base = `http://127.0.0.1:${port}/socket.io/1/`
  const [sid] = (await (await fetch(base)).text()).split(':')
  const poll = async () => await (await fetch(`${base}xhr-polling/${sid}`)).text()
  t.equal(await poll(), '1::')
  await fetch(`${base}xhr-polling/${sid}`, { method: 'POST', body: '5:1+::{"name":"chat","args":["hello"]}' })
  t.equal(await poll(), '6:::1+["ok"]')
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

t.test('the README\'s table names every option', async (t) => {
  const options = read('types/options.d.ts').split('export interface SocketioTransportsOptions')[1] ?? ''
  const names = [...options.matchAll(/^ {2}(\w+)\?/gm)].map(([, name]) => name ?? '')
  t.ok(names.length > 15)
  for (const name of names) t.match(readme, new RegExp(`^\\| \`${name}[\`.]`, 'm'), name)
})

t.test('the README\'s defaults are those of the code', async (t) => {
  const rows = [...readme.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name = '', shown = '']) => [name, shown.replaceAll(/[`']/g, '')])
  const shown: Record<string, string | undefined> = Object.fromEntries(rows)
  const defaults = Object.entries(readOptions({})).filter(([, value]) => value !== '' && typeof value !== 'object' && value !== undefined)
  t.ok(defaults.length > 12)
  for (const [name, value] of defaults) t.equal(shown[name], String(value), name)
  t.equal(shown['transports'], readOptions({}).transports.join(', '))
})
