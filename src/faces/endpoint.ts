// An endpoint of revision 1 and the namespace it is for the official Server. Pure: no clock, no I/O, no Fastify.

/** What a namespace takes of the official Server's memory, beside what its client has said in the connect; bytes. Measured with socket.io 4.8. */
export const NAMESPACE_BYTES = 4096

/** An endpoint that is not listed is absent, refused or left. */
export interface Endpoint {
  state: 'connecting' | 'connected'
  /** Packets wait until the Server has connected the endpoint, as text: parsed, they could take twenty times as much. */
  waiting: string[]
  /** How much of memory that takes, bytes. */
  waitingBytes: number
  /** What the Server holds for it, bytes. */
  readonly bytes: number
}

/** An endpoint that the Server is asked for. */
export const newEndpoint = (bytes = 0): Endpoint => ({ state: 'connecting', waiting: [], waitingBytes: 0, bytes })

const BASE = 'http://localhost'

/** The Server's name of an endpoint. */
export const toNsp = (endpoint: string): string => endpoint === '' ? '/' : endpoint
/** The client's name of a namespace. */
export const toEndpoint = (nsp: string): string => nsp === '/' ? '' : nsp

/**
 * Whether the Server will know the endpoint by the name that the client gave it: it reads names as URLs, and its grammar ends
 * them at a comma. Everything else (`//evil`, `/ä`, `/chat?x=1`, `/a/../b`) would make it close the connection.
 */
export function survives (endpoint: string): boolean {
  if (!endpoint.startsWith('/') || endpoint === '/' || endpoint.includes(',')) return false
  try { // not URL.canParse: once compiled, that of Node 20 takes Latin-1 for UTF-8
    const { origin, pathname } = new URL(endpoint, BASE)
    return origin === BASE && pathname === endpoint
  } catch {
    return false
  }
}
