// Endpoints of revision 1 and the namespaces of the official Server that they correspond to. Pure.

/** Memory that the official Server takes for a namespace, without the data of its connect; bytes. Measured with socket.io 4.8. */
export const NAMESPACE_BYTES = 4096

/** Memory of a string besides its characters; bytes. Measured. */
const TEXT_BYTES = 64
/** Returns the memory of a string, bytes. */
export const bytesOf = (text: string): number => Buffer.byteLength(text) + TEXT_BYTES

/** Packets that wait until the Server has connected an endpoint. They are kept as text: decoded, they could take twenty times the memory. */
class Waiting {
  readonly #texts: string[] = []
  #next = 0
  #bytes = 0

  /** Memory that they take, bytes. */
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
  /** Memory that the Server takes for it, bytes. */
  readonly bytes: number
}

/** Creates an endpoint whose connect has been delivered to the Server. */
export const newEndpoint = (bytes = 0): Endpoint => ({ state: 'connecting', waiting: new Waiting(), bytes })

const BASE = 'http://localhost'

/** Returns the namespace of an endpoint. */
export const toNsp = (endpoint: string): string => endpoint === '' ? '/' : endpoint
/** Returns the endpoint of a namespace. */
export const toEndpoint = (nsp: string): string => nsp === '/' ? '' : nsp

/**
 * Returns whether the Server will use the same name. It parses names as URLs, and in its grammar a comma ends them. Other names (`//evil`, `/ä`,
 * `/chat?x=1`, `/a/../b`) would make the Server close the connection.
 */
export function isServableNamespace (endpoint: string): boolean {
  if (!endpoint.startsWith('/') || endpoint === '/' || endpoint.includes(',')) return false
  try { // not URL.canParse: in Node 20, once compiled, it reads Latin-1 as UTF-8
    const { origin, pathname } = new URL(endpoint, BASE)
    return origin === BASE && pathname === endpoint
  } catch {
    return false
  }
}
