// An endpoint of revision 1 and the namespace it is for the official Server. Pure: no clock, no I/O, no Fastify.

/** What a namespace takes of the official Server's memory, beside what its client has said in the connect; bytes. Measured with socket.io 4.8. */
export const NAMESPACE_BYTES = 4096

/** What text takes of memory beside its characters; bytes. Measured. */
const TEXT_BYTES = 64
/** What text that waits takes of memory, bytes. */
export const bytesOf = (text: string): number => Buffer.byteLength(text) + TEXT_BYTES

/** Packets that wait until the Server has connected an endpoint, as text: parsed, they could take twenty times as much. */
class Waiting {
  readonly #texts: string[] = []
  #next = 0
  #bytes = 0

  /** How much of memory they take, bytes. */
  get bytes () { return this.#bytes }

  push (text: string): void {
    this.#texts.push(text)
    this.#bytes += bytesOf(text)
  }

  /** Removes and returns the oldest packet. */
  shift (): string | undefined {
    const text = this.#texts[this.#next]
    if (text === undefined) return undefined
    this.#texts[this.#next++] = ''
    this.#bytes -= bytesOf(text)
    return text
  }
}

/**
 * An endpoint of one session.
 *
 *   absent ── the client connects it ──► connecting ── the Server connects it, one tick later ──► connected
 *   connecting ── the Server refuses it ──► absent
 *   connected ── either disconnects it ──► absent
 */
export interface Endpoint {
  state: 'connecting' | 'connected'
  waiting: Waiting
  /** What the Server holds for it, bytes. */
  readonly bytes: number
}

/** An endpoint that the Server is asked for. */
export const newEndpoint = (bytes = 0): Endpoint => ({ state: 'connecting', waiting: new Waiting(), bytes })

const BASE = 'http://localhost'

/** Returns the namespace of an endpoint. */
export const toNsp = (endpoint: string): string => endpoint === '' ? '/' : endpoint
/** Returns the endpoint of a namespace. */
export const toEndpoint = (nsp: string): string => nsp === '/' ? '' : nsp

/**
 * Whether the Server will know the endpoint by the name that the client gave it: it reads names as URLs, and its grammar ends
 * them at a comma. Everything else (`//evil`, `/ä`, `/chat?x=1`, `/a/../b`) would make it close the connection.
 */
export function isServableNamespace (endpoint: string): boolean {
  if (!endpoint.startsWith('/') || endpoint === '/' || endpoint.includes(',')) return false
  try { // not URL.canParse: once compiled, that of Node 20 takes Latin-1 for UTF-8
    const { origin, pathname } = new URL(endpoint, BASE)
    return origin === BASE && pathname === endpoint
  } catch {
    return false
  }
}
