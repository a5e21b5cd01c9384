// The lint rules for imports work: small texts that break them, linted under a path of src, fail.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ESLint } from 'eslint'
import t from 'tap'

const eslint = new ESLint()

/** Returns the rules that a text breaks as the contents of a file. */
async function broken (file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text + '\n', { filePath: file })
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message)
}

const ARROWS = '@typescript-eslint/no-restricted-imports'
const value = (from: string): string => `import { x } from '${from}'\nx()`
const type = (from: string): string => `import type { X } from '${from}'\nexport type Y = X`

interface Case { file: string, text: string, why: string }

const FORBIDDEN: Case[] = [
  { file: 'src/codec/new.ts', text: type('fastify'), why: 'a codec does not depend on Fastify' },
  { file: 'src/codec/new.ts', text: value('../session/transport.js'), why: 'a codec does not depend on a transport' },
  { file: 'src/codec/new.ts', text: value('node:net'), why: 'a codec does no I/O' },
  { file: 'src/codec/new.ts', text: value('../../types/packet.js'), why: 'types/ contains no values' },
  { file: 'src/codec/packet.ts', text: value('./revision-1.js'), why: 'the part that all codecs share depends on none of them' },
  { file: 'src/session/transport.ts', text: type('./socket.js'), why: 'the transport contract does not depend on the Socket' },
  { file: 'src/session/transport.ts', text: type('../transports/polling.js'), why: 'the transport contract does not depend on a transport' },
  { file: 'src/transports/new.ts', text: type('../session/socket.js'), why: 'a transport depends on its listener, not on the Socket' },
  { file: 'src/transports/new.ts', text: type('../engine/engine.js'), why: 'a transport does not depend on the registry' },
  { file: 'src/transports/new.ts', text: value('../routes/hooks.js'), why: 'a transport does not depend on a route' },
  { file: 'src/transports/new.ts', text: type('../dialects/revision-1/revision-1.js'), why: 'a transport does not depend on a dialect' },
  { file: 'src/transports/new.ts', text: type('fastify'), why: 'a transport does not depend on Fastify' },
  { file: 'src/transports/new.ts', text: value('ws'), why: 'a transport gets its WebSocket as an argument' },
  { file: 'src/transports/new.ts', text: value('../codec/revision-1.js'), why: 'a transport gets its codec as an argument' },
  { file: 'src/session/new.ts', text: type('../transports/websocket.js'), why: 'a session does not depend on a concrete transport' },
  { file: 'src/session/new.ts', text: value('../codec/revision-1.js'), why: 'a session does not depend on a codec' },
  { file: 'src/session/new.ts', text: value('../dialects/revision-1/revision-1.js'), why: 'a session does not depend on a dialect' },
  { file: 'src/session/new.ts', text: value('../routes/replies.js'), why: 'a session does not depend on a route' },
  { file: 'src/session/new.ts', text: type('../engine/engine.js'), why: 'a session does not depend on the registry' },
  { file: 'src/session/new.ts', text: value('fastify'), why: 'a session imports only types of Fastify' },
  { file: 'src/engine/new.ts', text: type('../routes/revision-1/routes.js'), why: 'the Engine does not depend on a route' },
  { file: 'src/engine/new.ts', text: type('../transports/polling.js'), why: 'the Engine does not depend on a concrete transport' },
  { file: 'src/engine/new.ts', text: value('../dialects/revision-1/revision-1.js'), why: 'the Engine does not depend on a dialect' },
  { file: 'src/engine/new.ts', text: value('fastify'), why: 'the Engine imports only types of Fastify' },
  { file: 'src/dialects/revision-1/new.ts', text: type('../../session/socket.js'), why: 'a dialect depends on its contract, not on the Socket' },
  { file: 'src/dialects/revision-1/new.ts', text: type('socket.io'), why: 'a dialect does not depend on the Server: it exchanges messages with it as text' },
  { file: 'src/dialects/engine-io/new.ts', text: value('../../transports/polling.js'), why: 'a dialect does not depend on a transport' },
  { file: 'src/dialects/engine-io/new.ts', text: type('../../engine/engine.js'), why: 'a dialect does not depend on the registry' },
  { file: 'src/dialects/engine-io/new.ts', text: type('../revision-1/server.js'), why: 'a dialect does not depend on the other one' },
  { file: 'src/dialects/engine-io/new.ts', text: value('../../session/dialect.js'), why: 'a dialect imports only types of the contract' },
  { file: 'src/routes/new.ts', text: value('../index.js'), why: 'a route does not depend on the plugin' },
  { file: 'src/routes/new.ts', text: value('./websocket/upgrade.js'), why: 'the part that all routes share depends on none of them' },
  { file: 'src/routes/engine-io/new.ts', text: value('../../index.js'), why: 'a route does not depend on the plugin' },
  { file: 'src/routes/engine-io/new.ts', text: value('../revision-1/handlers.js'), why: 'the routes of a dialect do not depend on the routes of the other one' },
  { file: 'src/routes/websocket/new.ts', text: type('../engine-io/routes.js'), why: 'upgrades do not depend on a dialect' },
  { file: 'src/routes/new.ts', text: value('socket.io'), why: 'a route does not depend on the Server' },
  { file: 'src/time/new.ts', text: type('../session/socket.js'), why: 'timers depend on nothing else' },
  { file: 'src/errors.ts', text: type('./engine/engine.js'), why: 'errors depend on nothing else' },
  { file: 'src/options.ts', text: value('./routes/hooks.js'), why: 'the options do not depend on a route' },
  { file: 'src/official-server.ts', text: value('socket.io'), why: 'an optional peer is imported only if an option needs it' },
  { file: 'src/drop-in/new.ts', text: value('../official-server.js'), why: 'the parts of the drop-in do not depend on the Server' },
  { file: 'src/drop-in/new.ts', text: value('../routes/hooks.js'), why: 'the parts of the drop-in do not depend on a route' },
  { file: 'src/fastify-socket.io.ts', text: value('./routes/hooks.js'), why: 'the drop-in depends on the plugin, not on its parts' },
  { file: 'src/index.ts', text: value('./fastify-socket.io.js'), why: 'the plugin does not depend on the drop-in' },
  { file: 'src/transports/websocket-frame.ts', text: value('ws'), why: 'private parts of ws are used only in private/' },
  { file: 'src/private/new.ts', text: value('../routes/hooks.js'), why: 'files of private/ do not depend on a route' },
  { file: 'src/new.ts', text: value('./errors.js'), why: 'a file that is in no layer may import nothing' },
  { file: 'src/codec/new.ts', text: "export { x } from '../session/socket.js'", why: 'an export is an import too' },
  { file: 'src/transports/new.ts', text: "export type { X } from '../session/socket.js'", why: 'an export of a type is an import too' }
]

const ALLOWED: Case[] = [
  { file: 'src/codec/new.ts', text: value('./packet.js'), why: 'a codec may import the part that all codecs share' },
  { file: 'src/transports/new.ts', text: type('../session/transport.js'), why: 'a transport may import types of its contract' },
  { file: 'src/transports/new.ts', text: type('ws'), why: 'a transport may import the type of its WebSocket' },
  { file: 'src/session/new.ts', text: value('./transport.js'), why: 'a session may import the transport contract' },
  { file: 'src/engine/new.ts', text: value('../session/socket.js'), why: 'the Engine makes sessions, so it may import them' },
  { file: 'src/routes/new.ts', text: value('../transports/websocket.js'), why: 'a route makes its transport, so it may import it' },
  { file: 'src/routes/new.ts', text: type('../engine/engine.js'), why: 'a route gets the Engine as an argument, so it may import its type' },
  { file: 'src/serve.ts', text: type('socket.io'), why: 'the plugin may import the type of the Server' }
]

t.test('an import against the arrows is an error', async (t) => {
  for (const { file, text, why } of FORBIDDEN) t.same(await broken(file, text), [ARROWS], `${why} (${file})`)
})

t.test('an import along the arrows is none', async (t) => {
  for (const { file, text, why } of ALLOWED) t.same(await broken(file, text), [], `${why} (${file})`)
})

t.test('import() goes round no arrow, and reaches the optional peers in one place each', async (t) => {
  const load = (from: string): string => `export const x = await import('${from}')`
  t.same(await broken('src/session/socket.ts', load('../transports/polling.js')), ['no-restricted-syntax'])
  t.same(await broken('src/routes/revision-1/routes.ts', load('socket.io')), ['no-restricted-syntax'])
  t.same(await broken('src/official-server.ts', load('@fastify/static')), ['no-restricted-syntax'])
  t.same(await broken('src/official-server.ts', load('socket.io')), [])
  t.same(await broken('src/routes/client-files.ts', load('@fastify/static')), [])
})

t.test('nothing goes round the types, in sources, types and tests', async (t) => {
  for (const folder of ['src/codec', 'types', 'test']) {
    const file = `${folder}/new.ts`
    t.same(await broken(file, 'export const x: any = 1'), ['@typescript-eslint/no-explicit-any'], `any in ${folder}`)
    t.same(await broken(file, "export const x = 'x'.at(0)!"), ['@typescript-eslint/no-non-null-assertion'], `! in ${folder}`)
    for (const silencer of ['ts-ignore', 'ts-expect-error: because', 'ts-nocheck']) {
      t.same(await broken(file, `// @${silencer}\nexport const x = 1`), ['@typescript-eslint/ban-ts-comment'], `@${silencer} in ${folder}`)
    }
  }
})

t.test('sources write nothing to the console', async (t) => {
  t.same(await broken('src/routes/hooks.ts', "console.log('x')"), ['no-console'])
})

t.test('every file of src has its layer, and keeps to it', async (t) => {
  const names = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.ts'))
  t.ok(names.length > 20, `${names.length} files`)
  const results = await eslint.lintFiles(names.map((name) => join('src', name)))
  t.same(results.flatMap(({ messages }) => messages), [])
})

t.test('what is private of other libraries is in src/private, and each file of it says what happens without, here and in the docs', async (t) => {
  const chapter = await readFile('docs/architecture.md', 'utf8')
  for (const name of (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.ts'))) {
    const text = await readFile(join('src', name), 'utf8')
    if (name.startsWith('private')) {
      t.match(text, /^\/\/ Private part of .*\n\/\/ What: [^]*Seen in[^]*\n\/\/ When it (?:is gone|changes)/, name)
      t.match(chapter, `| \`${name.slice('private/'.length)}\` |`)
    } else {
      t.notMatch(text.replaceAll('_query', ''), /\._[a-z]|\{ _[a-z]|getOwnPropertySymbols/, name)
    }
  }
})
