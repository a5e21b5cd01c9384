// HTTP written and read as text, for {@link RawConnection}.
import { scriptHeaders } from '../script.js'
import { RawConnection } from './connection.js'
import type { RawAnswer } from './connection.js'

/** The lines that ask for a WebSocket; their answer has `sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`. */
export const UPGRADE = [
  'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
] as const

/** Lines that say where a request comes from. */
const FROM = /^(?:origin|referer|sec-fetch-site):/i

/**
 * The head of a request; lines are added as they stand. A script says that it is of the own page, unless a line says where it comes from.
 * @param path or a URL, whose host is named then
 */
export function head (method: string, path: string, ...lines: string[]): string {
  const { host, pathname, search } = path.startsWith('http:') ? new URL(path) : { host: '127.0.0.1', pathname: path, search: '' }
  const from = lines.some((line) => FROM.test(line)) ? {} : scriptHeaders(path, `http://${host}`)
  const own = Object.entries(from).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${pathname}${search} HTTP/1.1`, `Host: ${host}`, ...lines, ...own, '', ''].join('\r\n')
}

/** Writes bytes on a new connection, and takes one answer; the connection stays to the caller. */
export async function rawHttp (port: number, bytes: string | Uint8Array): Promise<RawAnswer & { raw: RawConnection }> {
  const raw = new RawConnection(port)
  await raw.write(bytes)
  return { ...await raw.answer(), raw }
}

/** POSTs bytes, and takes the answer; the connection is kept. */
export async function post (raw: RawConnection, { path, type }: { path: string, type: string }, body: string | Uint8Array): Promise<RawAnswer> {
  const bytes = Buffer.from(body)
  await raw.write(head('POST', path, `Content-Type: ${type}`, `Content-Length: ${bytes.length}`))
  await raw.write(bytes)
  return await raw.answer()
}

/** A chunk of a body that comes in chunks. */
export const chunk = (data: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), Buffer.from(data), Buffer.from('\r\n')])
export const LAST_CHUNK = '0\r\n\r\n'

/** An answer as one object. */
export function parse (text: string): { status: number, headers: Record<string, string>, body: string } {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
    return [name.toLowerCase(), value]
  }))
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4) }
}
