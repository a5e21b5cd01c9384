// Private part of avvio, which loads and closes Fastify's plugins: functions that run first when the app closes.
// What: `app.onClose(fn)`, avvio's method on each instance; Fastify documents the hook 'onClose' only, which runs after 'preClose'. avvio runs the
//   functions in reverse order. So a function that is added when the app is ready runs before Fastify's own, which makes Fastify refuse requests.
//   Seen in avvio 9, Fastify 5.0 to 5.12.
// When it is gone: registration with `drainTimeout` fails with FST_SIO_UNSUPPORTED_VERSION. Nothing else needs it.
import type { FastifyInstance } from 'fastify'
import { UnsupportedVersionError } from '../errors.js'

interface Closing { onClose?: unknown }

/** Runs a function before the hooks 'preClose', while the app still serves requests. @throws FST_SIO_UNSUPPORTED_VERSION */
export function beforePreClose (app: FastifyInstance & Closing, run: () => Promise<void>): void {
  const { onClose } = app
  if (typeof onClose !== 'function') {
    throw new UnsupportedVersionError('fastify', 'onClose of avvio', 'remove the option "drainTimeout", and call app.socketio.drain() before app.close()')
  }
  app.addHook('onReady', async () => { onClose.call(app, run) })
}
