// The application of `app/`, compiled by strict TypeScript against the packed package, as CommonJS and as ES modules, and run as its user runs it. Wants a build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import ts from 'typescript'
import { hear, join09, join4 } from '../kit/official-clients.js'
import { installPacked } from '../kit/packed.js'
import { accompany } from '../kit/progress.js'
import { inTime, until } from '../kit/waiting.js'

const APP = join(import.meta.dirname, 'app')
const NEST = ['common', 'core', 'platform-fastify', 'testing', 'websockets'].map((name) => `@nestjs/${name}`)
const folder = await installPacked(t, [...NEST, 'rxjs', 'reflect-metadata', 'class-validator', 'class-transformer', '@types/node', 'socket.io', 'redis', '@socket.io/redis-adapter'])
// npm installs the version of Fastify that Nest wants, and no other.
await symlink(join(import.meta.dirname, '../../node_modules/@nestjs/platform-fastify/node_modules/fastify'), join(folder, 'node_modules/fastify'))
await cp(APP, folder, { recursive: true })

const text = (message: ts.Diagnostic): string => `${message.file?.fileName.slice(folder.length) ?? ''} TS${message.code} ${ts.flattenDiagnosticMessageText(message.messageText, '\n')}`

/** Compiles as `tsc` does with the configuration of the application. Returns the errors. */
function compile (): string[] {
  const parsed = ts.getParsedCommandLineOfConfigFile(join(folder, 'tsconfig.json'), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic () {} })
  const program = ts.createProgram(parsed?.fileNames ?? [], parsed?.options ?? {})
  return [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics].map(text)
}

/** Starts `dist/main.js`. Returns its URL, and its end. */
async function start (t: Test): Promise<{ url: string, kill: () => void, ended: Promise<unknown[]>, output: () => string }> {
  const child = spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, 'dist/main.js'], { cwd: folder, env: { ...process.env, PORT: '0' } })
  accompany(child)
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += String(chunk) })
  const ended = once(child, 'exit')
  const url = (): string | undefined => /running on (http:\/\/[\w.:[\]]+)/.exec(output)?.[1]
  await until(() => url() !== undefined || child.exitCode !== null)
  return { url: url() ?? '', kill: () => child.kill('SIGTERM'), ended, output: () => output }
}

for (const type of ['commonjs', 'module']) {
  t.test(`as ${type}`, async (t) => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'user', type }))
    t.strictSame(compile(), [])
    t.equal((await readFile(join(folder, 'dist/main.js'), 'utf8')).includes('require('), type === 'commonjs')
    const { url, kill, ended, output } = await start(t)
    const client = await join4(t, url)
    t.equal(await client.emitWithAck('sum', [1, 2]), 3)
    const old = await join09(t, url)
    const news = hear(old, 'news')
    client.emit('everyone', { text: 'hi' })
    t.strictSame(await inTime(news(), 'news'), ['hi'])
    t.match(await (await join4(t, url, { path: '/admin' })).emitWithAck('who'), { context: null })
    const gone = [hear(client, 'disconnect')(), hear(old, 'disconnect')()]
    kill()
    t.equal((await inTime(Promise.all(gone), 'clients hear of the end'))[0]?.[0], 'transport close')
    t.match(await inTime(ended, 'the process ends'), [null, 'SIGTERM'])
    t.notMatch(output(), /ERROR|WARN|Warning/)
  })
}

t.test('mistakes in the types are found', async (t) => {
  await writeFile(join(folder, 'wrong.ts'), `
    import { SocketioTransportsAdapter, sessionOf } from 'fastify-socketio-transports/nestjs'
    import type { NestFastifyApplication } from '@nestjs/platform-fastify'
    export function wrong (app: NestFastifyApplication): void {
      app.useWebSocketAdapter(new SocketioTransportsAdapter(app, { drainTimeout: 1, io: { connectTimeout: 1 } }))
      new SocketioTransportsAdapter(app, { io: { connectTimeout: '1' } })
      new SocketioTransportsAdapter(app, { cors: true })
      new SocketioTransportsAdapter()
      sessionOf({})
      app.getHttpAdapter().getInstance().socketio.nonsense
      sessionOf({ conn: null })?.context.nonsense
    }`)
  t.teardown(() => rm(join(folder, 'wrong.ts')))
  t.match(compile(), [/TS2322/, /TS2559/, /TS2554/, /TS2345/, /TS2339/, /TS2571/])
})

t.test('without socket.io, the application does not start, and the error says what to install', async (t) => {
  const modules = join(folder, 'node_modules')
  await rm(join(modules, 'socket.io'))
  t.teardown(() => symlink(join(import.meta.dirname, '../../node_modules/socket.io'), join(modules, 'socket.io')))
  const child = spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, '-e', `
    require('reflect-metadata')
    const { NestFactory } = require('@nestjs/core')
    const { FastifyAdapter } = require('@nestjs/platform-fastify')
    const { SocketioTransportsAdapter } = require('fastify-socketio-transports/nestjs')
    class AppModule {}
    NestFactory.create(AppModule, new FastifyAdapter(), { logger: false }).then((app) => new SocketioTransportsAdapter(app).create(0)).catch(({ code, message }) => console.log(code, message))
  `], { cwd: folder })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += String(chunk) })
  await once(child, 'close')
  t.match(output, /^FST_SIO_MISSING_PEER fastify-socketio-transports: SocketioTransportsAdapter needs the package "socket.io"; npm install socket.io\n/)
})
