// The Nest application of `app/`, as its author compiles it, in this process: on the adapter of src, or on the stock one.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { INestApplication, LoggerService, Type, WebSocketAdapter } from '@nestjs/common'
import { HttpAdapterHost, NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { IoAdapter } from '@nestjs/platform-socket.io'
import type { FastifyInstance } from 'fastify'
import ts from 'typescript'
import { SocketioTransportsAdapter } from '../../src/nestjs.js'
import type { NestjsOptions } from '../../types/nestjs.js'
import type { Teardown } from '../kit/teardown.js'

const SOURCES = join(import.meta.dirname, 'app')
/** In the project, so that packages are found. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache')
const ADAPTER = new URL('../../src/nestjs.ts', import.meta.url).href

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, experimentalDecorators: true, emitDecoratorMetadata: true, isolatedModules: true, useDefineForClassFields: false
}

/** Compiles sources with decorators. Returns the folder of their modules. */
export async function compile (t: Teardown, sources: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'nest-app-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, source] of Object.entries(sources)) {
    const { outputText } = ts.transpileModule(source.replaceAll("'fastify-socketio-transports/nestjs'", `'${ADAPTER}'`), { compilerOptions: OPTIONS, fileName: name })
    await writeFile(join(folder, name.replace(/ts$/, 'js')), outputText)
  }
  return folder
}

const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts'))
/** The sources of the application, by file. */
export const APP: Readonly<Record<string, string>> = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(SOURCES, name), 'utf8')])))

/** Imports a class of a compiled module. */
export async function classOf<T> (folder: string, module: string, name: string): Promise<Type<T>> {
  const { [name]: found } = await import(pathToFileURL(join(folder, `${module}.js`)).href) as Record<string, Type<T>>
  if (found === undefined) throw new Error(`no ${name} in ${module}`)
  return found
}

/** A logger for Nest that keeps warnings and errors. */
export function nestLogger (): { lines: string[], logger: LoggerService } {
  const lines: string[] = []
  const keep = (line: unknown): void => { lines.push(String(line)) }
  return { lines, logger: { log () {}, warn: keep, error: keep, fatal: keep } }
}

export type AdapterOf = (app: INestApplication) => WebSocketAdapter

export const ours = (options: NestjsOptions = {}): AdapterOf => (app) => new SocketioTransportsAdapter(app, options)
/** What Nest's users have without the plugin. */
export const stock: AdapterOf = (app) => new IoAdapter(app)

export interface NestInit {
  module?: Type<unknown>
  adapter?: AdapterOf
  logger?: LoggerService | false
  fastify?: ConstructorParameters<typeof FastifyAdapter>[0]
  /** Before the application is initialized. */
  prepare? (app: NestFastifyApplication): void
}

let appModule: Promise<Type<unknown>> | undefined
let folder: Promise<string> | undefined

/** The module of `app/`, compiled once for a test file. */
export function moduleOfApp (t: Teardown): Promise<Type<unknown>> {
  folder ??= compile(t, APP)
  appModule ??= folder.then((folder) => classOf(folder, 'app.module', 'AppModule'))
  return appModule
}

/** A class of a module of `app/`. */
export async function classOfApp<T> (t: Teardown, module: string, name: string): Promise<Type<T>> {
  await moduleOfApp(t)
  return classOf(await folder ?? '', module, name)
}

/** A Nest application that is not initialized. The test closes it. */
export async function createNest (t: Teardown, { module, adapter = ours(), logger = false, fastify, prepare }: NestInit = {}): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module ?? await moduleOfApp(t), new FastifyAdapter(fastify), { logger, abortOnError: false })
  t.teardown(() => app.close())
  app.useWebSocketAdapter(adapter(app))
  prepare?.(app)
  return app
}

/** The Fastify of an application. */
export const fastifyOf = (app: INestApplication): FastifyInstance => app.get(HttpAdapterHost).httpAdapter.getInstance()

/** A Nest application that listens. Returns it with its URL. */
export async function startNest (t: Teardown, init: NestInit = {}): Promise<{ app: NestFastifyApplication, url: string }> {
  const app = await createNest(t, init)
  await app.listen(0, '127.0.0.1')
  return { app, url: await app.getUrl() }
}
