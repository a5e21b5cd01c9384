// Copies pieces of text and bytes, so that they do not keep the whole in memory. V8 makes a piece of a string a view of the whole string: a name of twenty
// characters in a map or a queue would keep the payload of a megabyte from which it was cut. Pure: no clock, no I/O.

/** Characters. V8 makes no views of shorter pieces, but copies (`SlicedString::kMinLength`). */
const SHORTEST_VIEW = 13

/** Copies a text. */
export const detach = (piece: string): string => piece.length < SHORTEST_VIEW ? piece : ` ${piece}`.slice(1)

/** Copies a piece of `whole`, if it is less than half of it. */
export const detachFrom = (whole: string, piece: string): string => piece.length * 2 < whole.length ? detach(piece) : piece

/** Copies bytes, if they are less than half of their ArrayBuffer, which the view would keep in memory. */
export function detachBytes (view: Buffer): Buffer {
  if (view.length * 2 >= view.buffer.byteLength) return view
  const own = Buffer.allocUnsafeSlow(view.length) // not from Node's pool, because the copy would keep the whole pool in memory
  view.copy(own)
  return own
}
