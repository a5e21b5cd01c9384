// An upgrade whose origin is not allowed here, for a session of another node. That node has the handshake, which may show that the page is the server's own.
import type { FastifyRequest } from 'fastify'
import { LOST } from '../hosts/carry.js'
import type { Hosts } from '../hosts/hosts.js'
import type { Vouch } from './hooks.js'
import { toError, toSessionRequest } from './session-request.js'
import { isUpgrade } from './upgrade-requests.js'

/** Makes the function that asks the node with the session. */
export function vouching (hosts: Hosts): Vouch {
  return function vouch (request: FastifyRequest, origin, answer) {
    const { transport = null, dialect } = request.routeOptions.config.socketio ?? {}
    if (transport === null || dialect === undefined || origin === 'null' || !isUpgrade(request)) return false
    const session = toSessionRequest(request, dialect, transport)
    const host = hosts.of(session.sid)
    if (host === hosts.local) return false
    host.check({ ...session, origin }, (refused) => {
      if (refused !== undefined && LOST.has(refused.reason)) answer(toError(refused))
      else answer(refused === undefined)
    })
    return true
  }
}
