import type { Session } from '../../src/session/session.js'
import { sessionOf } from '../../src/session/socket.js'
import type { Socket } from '../../src/session/socket.js'
import type { Socket as PublicSocket } from '../../types/socket.js'

/** The session behind a Socket, which applications cannot reach. */
export const sessionBehind = (socket: PublicSocket): Session => sessionOf(socket as Socket)
