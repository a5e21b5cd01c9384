// What a user gets: the tarball, installed in a folder of its own without the optional peers. Wants a build.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const exec = promisify(execFile)
const PROJECT = resolve(import.meta.dirname, '..')
interface Manifest { version: string, exports: Record<string, string | { types: string, default: string }>, dependencies: object, peerDependencies: object }
const { version, ...manifest } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as Manifest
const TARBALL = `fastify-socketio-transports-${version}.tgz`
/** Outside the project: nothing may be found in its node_modules. */
const folder = await mkdtemp(join(tmpdir(), 'sio-package-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

/** Without tap's loaders, which it gives to every child process: they would compile what is required. */
async function run (command: string, args: string[], cwd = folder): Promise<string> {
  const { stdout } = await exec('env', ['-u', 'NODE_OPTIONS', command, ...args], { cwd })
  return stdout
}

/** Runs a script in the folder; what it writes is the JSON of its result. */
async function script (name: string, text: string): Promise<unknown> {
  await writeFile(join(folder, name), text)
  return JSON.parse(await run(process.execPath, [name]))
}

const tool = (name: string): string => join(PROJECT, 'node_modules', '.bin', name)

await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], PROJECT)
await writeFile(join(folder, 'package.json'), '{ "name": "user", "private": true }')
const { stderr: warnings } = await exec('env', [
  '-u', 'NODE_OPTIONS', 'npm', 'install', `./${TARBALL}`, 'fastify@5', '--omit=optional', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=warn'
], { cwd: folder })
const files = (await run('tar', ['-tzf', TARBALL])).trim().split('\n').map((path) => path.replace('package/', ''))
const installed = join(folder, 'node_modules', 'fastify-socketio-transports')

t.test('the installation warns of nothing that is ours', async (t) => {
  const ours = ['fastify-socketio-transports', ...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]
  const names = new RegExp(`(?:^| |')(?:${ours.join('|')})@`)
  t.match('npm warn deprecated ws@1.0.0', names, 'a warning would be found')
  // Fastify's light-my-request has a dependency `cookie` of its own, which npm names with its version.
  t.same(warnings.split('\n').filter((line) => names.test(line) && !line.includes("package: 'cookie@")), [])
})

/** What a module of types becomes: `export {}` and comments. */
const isEmpty = (code: string): boolean => code.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '').replace(/export \{\s*\};?/, '').trim() === ''

t.test('the tarball holds code, types and papers, and neither sources nor tests', async (t) => {
  const sources = (await readdir(join(PROJECT, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'))
  const types = (await readdir(join(PROJECT, 'types'))).filter((name) => name.endsWith('.d.ts'))
  const modules = sources.map((name) => `dist/${name.replace(/ts$/, 'js')}`)
  const codes = new Map(await Promise.all(modules.map(async (path) => [path, await readFile(join(PROJECT, path), 'utf8')] as const)))
  const expected = [
    ...modules.filter((path) => !isEmpty(codes.get(path) ?? '')),
    ...types.map((name) => `types/${name}`),
    'inspector/index.html', 'inspector/page.js', 'inspector/wire.js', 'README.md', 'LICENSE', 'CHANGELOG.md', 'package.json'
  ]
  t.same(expected.filter((path) => !files.includes(path)), [], 'nothing is missing')
  const known = /^(?:dist\/.+\.js|types\/[\w.-]+\.d\.ts|docs\/.+\.(?:md|svg)|docs\/(?:grafana\.json|alerts\.yml)|inspector\/[\w-]+\.(?:js|css|html|svg)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
  t.same(files.filter((path) => !known.test(path)), [], 'nothing is too much')
  const empty = files.filter((path) => isEmpty(codes.get(path) ?? 'no module'))
  t.same(empty, [], 'modules that have only types are excluded by "files" of package.json')
})

t.test('each entry of "exports" has its files, and each import inside the package finds its module', async (t) => {
  const entries = Object.values(manifest.exports).flatMap((entry) => typeof entry === 'string' ? [entry] : [entry.types, entry.default])
  t.same(entries.map((path) => path.replace('./', '')).filter((path) => !files.includes(path)), [])
  for (const path of files.filter((path) => path.startsWith('dist/'))) {
    const code = await readFile(join(installed, path), 'utf8')
    const targets = [...code.matchAll(/(?:from|import) '(\.[^']+)'/g)].map(([, target = '']) => join(dirname(path), target))
    t.same(targets.filter((target) => !files.includes(target)), [], path)
  }
})

t.test('a stack names the module and the function of the package, without source maps', async (t) => {
  const stack = await script('stack.mjs', `
    import Fastify from 'fastify'
    import plugin from 'fastify-socketio-transports'
    const failure = await Fastify().register(plugin, { pingInterval: 'often' }).then(() => ({}), (error) => error)
    console.log(JSON.stringify(failure.stack))`)
  t.match(stack, /at readOptions \(file:.+\/dist\/options\.js:\d+:\d+\)/)
})

t.test('arethetypeswrong and publint find nothing', async (t) => {
  const attw = await run(tool('attw'), [TARBALL, '--profile', 'esm-only', '--format', 'json'])
  const { problems } = JSON.parse(attw) as { problems: Record<string, { kind: string, entrypoint: string, resolutionKind: string }[]> }
  const found = Object.values(problems).flat().map(({ kind, entrypoint, resolutionKind }) => `${entrypoint} ${kind} ${resolutionKind}`)
  // What the profile leaves out: a CommonJS module gets an ES module, which Node has loaded since 20.19; and TypeScript's `node10` knows
  // no subpaths, which Node has known since 12.
  t.same(found.sort(), [
    '. CJSResolvesToESM node16-cjs',
    './cluster CJSResolvesToESM node16-cjs',
    './cluster NoResolution node10',
    './fastify-socket.io CJSResolvesToESM node16-cjs',
    './fastify-socket.io NoResolution node10',
    './inspector CJSResolvesToESM node16-cjs',
    './inspector NoResolution node10',
    './nestjs CJSResolvesToESM node16-cjs',
    './nestjs NoResolution node10',
    './prometheus CJSResolvesToESM node16-cjs',
    './prometheus NoResolution node10',
    './recovery CJSResolvesToESM node16-cjs',
    './recovery NoResolution node10'
  ])
  t.match(await run(tool('publint'), ['run', TARBALL, '--strict']), /All good/)
})

t.test('imported, it needs nothing but Fastify: handshake, packets, echo', async (t) => {
  const result = await script('packets.mjs', `
    import Fastify from 'fastify'
    import plugin, { socketioTransports } from 'fastify-socketio-transports'
    const app = Fastify()
    await app.register(plugin)
    app.socketio.on('connection', (socket) => {
      socket.on('packet', (packet) => { if (packet.type === 'message') socket.send(packet) })
    })
    const handshake = await app.inject('/socket.io/1/')
    const [sid, ...rest] = handshake.body.split(':')
    const url = '/socket.io/1/xhr-polling/' + sid
    const first = await app.inject(url)
    const post = await app.inject({ method: 'POST', url, payload: '3:::hello' })
    const second = await app.inject(url)
    const missing = await import('socket.io').catch((error) => error.code)
    await app.close()
    console.log(JSON.stringify({
      rest, same: plugin === socketioTransports, bodies: [first.body, post.body, second.body], missing,
      from: import.meta.resolve('fastify-socketio-transports').replace(import.meta.resolve('./'), './')
    }))`)
  t.same(result, {
    rest: ['60', '60', 'websocket,htmlfile,xhr-polling,jsonp-polling'],
    same: true,
    bodies: ['1::', '1', '3:::hello'],
    missing: 'ERR_MODULE_NOT_FOUND',
    from: './node_modules/fastify-socketio-transports/dist/index.js'
  })
})

t.test('required, it is registered as it comes', async (t) => {
  const result = await script('require.cjs', `
    const app = require('fastify')()
    const transports = require('fastify-socketio-transports')
    app.register(transports)
    app.inject('/socket.io/1/').then(async ({ statusCode, body }) => {
      await app.close()
      console.log(JSON.stringify({ statusCode, fields: body.split(':').length, same: transports.default === transports.socketioTransports }))
    })`)
  t.same(result, { statusCode: 200, fields: 4, same: true })
})

t.test('an option whose package is missing fails at registration and says what to install', async (t) => {
  const result = await script('peers.mjs', `
    import Fastify from 'fastify'
    import plugin from 'fastify-socketio-transports'
    const results = []
    for (const options of [{ io: {} }, { serveClient: '.' }, { serveClient: true }]) {
      const failure = await Fastify().register(plugin, options).then(() => ({}), (error) => error)
      results.push({ code: failure.code, says: /npm install \\S+/.exec(failure.message)?.[0] })
    }
    console.log(JSON.stringify(results))`)
  t.same(result, [
    { code: 'FST_SIO_MISSING_PEER', says: 'npm install socket.io' },
    { code: 'FST_SIO_MISSING_PEER', says: 'npm install @fastify/static' },
    { code: 'FST_SIO_MISSING_PEER', says: 'npm install socket.io' }
  ])
})

t.test('the drop-in is required as fastify-socket.io is; without @fastify/static the client is missing, and the log says so', async (t) => {
  const app = `
    const lines = []
    const stream = { write: (line) => lines.push(JSON.parse(line).msg) }
    const app = require('fastify')({ logger: { level: 'warn', stream } })
    app.register(require('fastify-socketio-transports/fastify-socket.io'))
    const finish = (result) => console.log(JSON.stringify(result))
    app.ready((error) => {
      if (error) return finish({ code: error.code })
      app.inject('/socket.io/?EIO=4&transport=polling').then(async ({ statusCode, body }) => {
        const { statusCode: file } = await app.inject('/socket.io/socket.io.js')
        const io = app.io.constructor.name
        await app.close()
        finish({ statusCode, open: body.slice(0, 7), io, file, lines })
      })
    })`
  t.same(await script('drop-in.cjs', app), { code: 'FST_SIO_MISSING_PEER' })
  await symlink(join(PROJECT, 'node_modules', 'socket.io'), join(folder, 'node_modules', 'socket.io'))
  t.same(await script('drop-in.cjs', app), {
    statusCode: 200,
    open: '0{"sid"',
    io: 'Server',
    file: 404,
    lines: ['the files of the client (socket.io.js and others) are not served: install @fastify/static, or set "serveClient: false"']
  })
  const imported = await script('drop-in.mjs', `
    import plugin, { socketioServer } from 'fastify-socketio-transports/fastify-socket.io'
    console.log(JSON.stringify(plugin === socketioServer && typeof plugin))`)
  t.equal(imported, 'function')
})

t.test('its types are found from both kinds of module', async (t) => {
  const text = (from: string): string => `
    import Fastify from 'fastify'
    ${from}
    const app = Fastify()
    app.register(socketioTransports, { transports: ['xhr-polling'] })
    app.socketio.on('connection', (socket) => {
      socket.on('packet', (packet) => { if (packet.type === 'event') socket.send({ type: 'ack', id: packet.name, args: packet.args }) })
      const wrong: number = socket.id
    })`
  await writeFile(join(folder, 'user.mts'), text("import { socketioTransports } from 'fastify-socketio-transports'"))
  await writeFile(join(folder, 'user.cts'), text("import socketioTransports = require('fastify-socketio-transports')")
    .replace('register(socketioTransports', 'register(socketioTransports.default').replace('import Fastify from', 'import Fastify = require(')
    .replace("'fastify'\n", "'fastify')\n"))
  const stdout = await run(tool('tsc'), [
    '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', '--esModuleInterop',
    '--types', 'node', '--typeRoots', join(PROJECT, 'node_modules', '@types'), 'user.mts', 'user.cts'
  ]).catch((error: { stdout: string }) => error.stdout)
  const errors = stdout.trim().split('\n').map((line) => line.replace(/\(.+$/s, '') + ' ' + (/TS\d+/.exec(line)?.[0] ?? line))
  t.same(errors.sort(), ['user.cts TS2322', 'user.mts TS2322'], 'only the one mistake is found in each')
})

t.test('the package names no place that it was made in', async (t) => {
  t.notMatch(await readFile(join(installed, 'package.json'), 'utf8'), /https?:|file:/)
  const lock = await readFile(join(PROJECT, 'package-lock.json'), 'utf8')
  t.notMatch(lock, /"resolved":/)
})

t.test('the changelog has a section for the version', async (t) => {
  t.match(await readFile(join(PROJECT, 'CHANGELOG.md'), 'utf8'), `\n## [${version}] - `)
})
