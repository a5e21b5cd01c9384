import type { FastifyInstance } from 'fastify'
import { Engine } from '../../src/engine/engine.js'
import type { Session } from '../../src/session/session.js'
import type { Socket } from '../../types/socket.js'

/** The session behind a Socket, which applications cannot reach; undefined when it has ended. */
export function sessionBehind ({ socketio }: FastifyInstance, { id, dialect }: Socket): Session | undefined {
  if (!(socketio instanceof Engine)) throw new Error('no engine of ours')
  return socketio.find(id, dialect)
}
