// Lines of the plugin in Nest's log.
import { Logger } from '@nestjs/common'
import t from 'tap'
import { logOf } from '../../../src/nestjs/log.js'
import { captureLog, newApp } from '../../kit/servers/app.js'

t.test('without a logger of Fastify, warnings and errors go to the log of Nest, as text', async (t) => {
  const lines: unknown[][] = []
  const keep = (level: string) => (...args: unknown[]) => lines.push([level, ...args])
  Logger.overrideLogger({ log: keep('log'), warn: keep('warn'), error: keep('error'), debug: keep('debug'), verbose: keep('verbose'), fatal: keep('fatal') })
  t.teardown(() => Logger.overrideLogger(['warn', 'error']))
  const log = logOf(newApp(t))
  const err = new Error('boom')
  log.warn('text')
  log.warn({ reason: 'unauthorized', detail: 'no' }, 'refused')
  log.child({ reqId: 1 }).error({ err, sid: 'x' }, 'failed')
  log.fatal({ err: 'a text' })
  log.info('no')
  log.debug('no')
  log.trace('no')
  log.silent('no')
  t.strictSame(lines, [
    ['warn', 'text', 'SocketioTransports'],
    ['warn', "refused { reason: 'unauthorized', detail: 'no' }", 'SocketioTransports'],
    ['error', "failed { sid: 'x' } Error: boom", err.stack, 'SocketioTransports'],
    ['error', 'a text', undefined, 'SocketioTransports'] // `undefined` is of Nest
  ])
})

t.test('a logger of Fastify stays', async (t) => {
  const app = newApp(t, { logger: captureLog().logger })
  t.equal(logOf(app), app.log)
})
