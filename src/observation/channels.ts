// The channels of node:diagnostics_channel. They are those of the whole process: each message has its Engine.
import { channel } from 'node:diagnostics_channel'
import type { Channels, ObservationChannel } from '../../types/observation.js'

interface Channel<Name extends keyof Channels> extends ObservationChannel<Name> {
  /** Call only if there are subscribers: then nothing is made for nobody. */
  publish (message: Channels[Name]): void
}

/** The channel of a name. For Node, messages are `unknown`; only this package publishes on its channels. */
const typed = <Name extends keyof Channels>(name: Name): Channel<Name> => channel(name) as Channel<Name>

export const channels = {
  open: typed('fastify-socketio-transports:open'),
  move: typed('fastify-socketio-transports:move'),
  end: typed('fastify-socketio-transports:end'),
  refused: typed('fastify-socketio-transports:refused'),
  packet: typed('fastify-socketio-transports:packet'),
  request: typed('fastify-socketio-transports:request')
}
