// Where a connection breaks: places in the bytes of a request, an answer or a WebSocket, found as the bytes come.

/** A place in the bytes that have been seen: so many come before it. Undefined: it is not there yet. */
export type Point = (seen: Buffer) => number | undefined

const reached = (seen: Buffer, at: number | undefined): number | undefined => at !== undefined && seen.length >= at ? at : undefined

/** Never by itself. */
export const never: Point = () => undefined

/** After so many bytes; 0: as soon as there is one. */
export const after = (count: number): Point => (seen) => reached(seen, count)

/** Between the head and the body of a request or an answer. */
export const headEnd: Point = (seen) => {
  const at = seen.indexOf('\r\n\r\n')
  return at < 0 ? undefined : at + 4
}

function bodyEnd (seen: Buffer): number | undefined {
  const start = headEnd(seen)
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(seen.toString('latin1', 0, start ?? 0))?.[1]
  return start === undefined || length === undefined ? start : start + Number(length)
}

const plus = (at: number | undefined, count: number): number | undefined => at === undefined ? undefined : at + count

/** So many bytes into the body. */
export const inBody = (count: number): Point => (seen) => reached(seen, plus(headEnd(seen), count))

/** Before the last byte. */
export const beforeLast: Point = (seen) => reached(seen, plus(bodyEnd(seen), -1))

/** After the last byte. */
export const afterLast: Point = (seen) => reached(seen, bodyEnd(seen))

/** So many bytes into this text. */
export const inText = (text: string, count: number): Point => (seen) => {
  const at = seen.indexOf(text)
  return at < 0 ? undefined : reached(seen, at + count)
}

/** After this text. */
export const afterText = (text: string): Point => inText(text, Buffer.byteLength(text))

/** Where the frame ends that begins at `start`; headers of up to 16 bits of length, masked or not. */
function frameEnd (seen: Buffer, start: number): number | undefined {
  if (seen.length < start + 2) return undefined
  const mask = seen.readUInt8(start + 1) >= 128 ? 4 : 0
  const length = seen.readUInt8(start + 1) % 128
  if (length < 126) return start + 2 + mask + length
  return seen.length < start + 4 ? undefined : start + 4 + mask + seen.readUInt16BE(start + 2)
}

/** Between frames of a WebSocket: after so many that follow the head, and so many bytes more. */
export const afterFrames = (count: number, bytes = 0): Point => (seen) => {
  let at = headEnd(seen)
  for (let i = 0; i < count && at !== undefined; i++) at = frameEnd(seen, at)
  return reached(seen, plus(at, bytes))
}
