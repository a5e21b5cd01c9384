// docs/refusals.md: each way to be refused has the status, the body and the log line that the page says, and the page says nothing else.
import { readFileSync } from 'node:fs'
import t from 'tap'
import dropIn from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'
import type { RefusalReason } from '../../types/reasons.js'
import { captureLog, newApp, portOf } from '../kit/servers/app.js'
import type { LogLine } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'
import { ENDS } from './ends.js'
import { WARNINGS } from './warnings.js'
import { WAYS } from './ways.js'
import type { Got } from './ways.js'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/refusals.md')

/** Returns the part of the page below a heading. */
function section (heading: string): string {
  const [, level = '', text = ''] = new RegExp(`^(#+) ${heading}\n([^]*)`, 'm').exec(page) ?? []
  return text.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0] ?? ''
}

/** Returns the rows of the tables below a heading, as cells; of tables with this first column only. */
function rowsOf (text: string, column: string): string[][] {
  return text.split('\n\n').filter((block) => block.trimStart().startsWith(`| ${column}`)).flatMap((block) =>
    block.trim().split('\n').slice(2).map((line) => line.slice(1, -1).split(' |').map((cell) => cell.trim())))
}

const unquoted = (cell = ''): string => cell.replace(/^`|`$/g, '')
const unique = (values: readonly string[]): string[] => [...new Set(values)].sort()
const codes = (path: string, pattern: RegExp): string[] => unique([...read(path).matchAll(pattern)].map(([, code = '']) => code))
const membersOf = (type: string): string[] => [...(read('types/reasons.d.ts').split(`export type ${type} =`)[1]?.split('\n\n')[0] ?? '').matchAll(/'([^']+)'/g)].map(([, name = '']) => name)

const REASONS = membersOf('RefusalReason')
const LEVELS = new Map([[30, 'info'], [40, 'warn'], [50, 'error']])

/** The name of the client that gets such an answer, and the answer without its script. */
function formOf ({ body }: { body: string }): [client: string, plain: string] {
  const script = /^io\.j\[0\]\(new Error\("(.*)"\)\);$/.exec(body)?.[1]
  if (script !== undefined) return ['0.7 to 0.9, JSONP', script]
  return [body.startsWith('{') ? '1.x to 4.x' : '0.7 to 0.9', body]
}

interface Seen { readonly reason: RefusalReason, readonly got: Got, readonly line: LogLine }

const seen: Seen[] = []

t.test('every way to be refused', async (t) => {
  for (const [i, { reason, options, dropIn: ofDropIn, before, ask }] of WAYS.entries()) {
    await t.test(`${i}: ${reason}`, async (t) => {
      const { lines, logger } = captureLog('info')
      const app = newApp(t, { logger })
      before?.(app)
      if (ofDropIn === undefined) await app.register(socketioTransports, options ?? {})
      else await app.register(dropIn, ofDropIn)
      await portOf(app)
      const got = await ask(app)
      const ours = (): LogLine[] => lines.filter(({ reason, msg }) => reason !== undefined && msg !== 'session ended')
      await until(() => ours().length > 0)
      t.equal(ours().length, 1, 'one line')
      const [line] = ours()
      t.match(line, { reason, detail: /./ })
      if (line === undefined) return
      t.equal(line.msg, `refused: ${reason}; what to do: docs/refusals.md#${reason.replaceAll(' ', '-')}`)
      if (got !== undefined) t.equal(line['answer'], formOf(got)[1])
      seen.push({ reason, got, line })
    })
  }
})

t.test('the page has a section for each reason of the type, and for no other', async (t) => {
  const headings = [...section('Refusals of requests').matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading)
  t.strictSame(unique(headings), unique(REASONS))
  t.strictSame(unique(seen.map(({ reason }) => reason)), unique(REASONS), 'and each of them was seen')
})

for (const reason of REASONS) {
  t.test(`the section "${reason}"`, async (t) => {
    const text = section(reason)
    const own = seen.filter((one) => one.reason === reason)
    const answers = own.flatMap(({ got }) => got === undefined ? [] : [`${formOf(got)[0]} | ${got.status} | ${got.body}`])
    t.strictSame(unique(rowsOf(text, 'client').map(([client, status, body]) => `${client} | ${status} | ${unquoted(body)}`)), unique(answers), 'answers')
    t.strictSame(unique(rowsOf(text, '`detail`').map(([detail]) => unquoted(detail))), unique(own.map(({ line }) => String(line['detail']))), 'details')
    const levels = unique(own.map(({ line }) => LEVELS.get(line.level) ?? ''))
    t.strictSame(levels.map((level) => text.includes(`| \`detail\`, level \`${level}\` |`)), [true], 'one level')

    const anchor = reason.replaceAll(' ', '-')
    const row = rowsOf(section('By the answer'), 'reason').find(([name]) => name === `[${reason}](#${anchor})`)
    const inIndex = (client: string): string[] => unique(own.flatMap(({ got }) => got !== undefined && formOf(got)[0] === client ? [`${got.status} \`${got.body}\``] : []))
    t.strictSame(row?.slice(1).map((cell) => unique(cell.split(/, (?=\d{3} )/).filter((one) => one !== ''))), [inIndex('1.x to 4.x'), inIndex('0.7 to 0.9')], 'the index')
  })
}

t.test('a detail that the plugin writes as it stands is on the page', async (t) => {
  /** No request can cause it: a hook has admitted each handshake before. */
  const unreachable = 'the handshake was not admitted'
  const files = ['hooks', 'admission', 'origin', 'body-timeout', 'middlewares', 'refusals', 'engine-io/session', 'engine-io/data', 'engine-io/verify', 'engine-io/routes', 'revision-1/handlers', '../hosts/engine-io', '../hosts/revision-1', '../hosts/local-sessions']
  const details = files.flatMap((file) => [...read(`src/routes/${file}.ts`).matchAll(/(?:new RefusedRequest|refusal)\('[\w ]+', '((?:[^'\\]|\\.)+)'/g)].map(([, detail = '']) => detail))
  t.ok(details.length > 15)
  t.strictSame(details.filter((detail) => !page.includes(`\`${detail}\``)), [unreachable])
})

t.test('the table of ends has each reason of the type, and the close codes that were seen', async (t) => {
  const rows = rowsOf(section('Sessions that end'), 'reason')
  const table = new Map(rows.map(([reason, , code]) => [unquoted(reason), code]))
  const levels = new Map(rows.map(([reason, level]) => [unquoted(reason), unquoted(level)]))
  t.strictSame(unique([...table.keys()]), unique(membersOf('EndReason')))
  const coded = new Map<string, string>()
  for (const { reason, options, end } of ENDS) {
    const { lines, logger } = captureLog('debug')
    const app = newApp(t, { logger })
    await app.register(socketioTransports, options)
    coded.set(reason, String(await end(app)))
    const ended = (): LogLine | undefined => lines.find(({ msg }) => msg === 'session ended')
    await until(() => ended() !== undefined)
    t.match(ended(), { level: { debug: 20, info: 30, warn: 40 }[String(levels.get(reason))], reason, sid: /./ })
  }
  t.strictSame(new Map([...table].filter(([, code]) => code !== '').sort()), new Map([...coded].sort()))
})

t.test('the table of errors has the codes of src/errors.ts', async (t) => {
  t.strictSame(unique(rowsOf(section('Errors at registration'), 'code').map(([code]) => unquoted(code))), codes('src/errors.ts', /'(FST_SIO_\w+)'/g))
})

t.test('the table of warnings has those that were seen', async (t) => {
  const logged: string[] = []
  for (const { server, register } of WARNINGS) {
    const { lines, logger } = captureLog('warn')
    const app = newApp(t, { ...server, logger })
    await register(app)
    await app.ready()
    logged.push(...lines.map(({ msg }) => msg))
  }
  /** It needs an app without @fastify/static. */
  const notSeen = 'the files of the client (socket.io.js and others) are not served: install @fastify/static, or set "serveClient: false"'
  t.ok(read('src/fastify-socket.io.ts').includes(notSeen.replace('@fastify/static', '$' + '{STATIC}')))
  t.strictSame(unique(rowsOf(section('Warnings'), 'warning').map(([warning]) => unquoted(warning))), unique([...logged, notSeen]))
})
