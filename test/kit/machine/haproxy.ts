// An HAProxy to test with: the one on the PATH.
import type { Teardown } from '../teardown.js'
import { daemon } from './daemon.js'

const haproxy = daemon('haproxy', (path) => ['-db', '-q', '-f', path])

export const { skip } = haproxy

/** Starts an HAProxy with this configuration. Returns the port. */
export const startHaproxy = (t: Teardown, toText: (port: number) => string): Promise<number> => haproxy.start(t, toText)
