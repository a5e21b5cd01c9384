// From a socket of a gateway to its session.
import { Socket } from '../session/socket.js'

/** Returns the session below a socket of the official Server. */
export const sessionOf = ({ conn }: { readonly conn: unknown }): Socket | undefined => conn instanceof Socket ? conn : undefined
