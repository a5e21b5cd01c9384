// Text and bytes that do not keep what they were cut from. V8 makes a long enough piece of a string a view of the whole: a name of twenty characters,
// kept in a map or a queue, would keep the megabyte that it came in. Pure: no clock, no I/O.

/** V8 copies what is shorter by itself (`SlicedString::kMinLength`). */
const SHORTEST_VIEW = 13

/** The same text, with nothing behind it. */
export const detach = (piece: string): string => piece.length < SHORTEST_VIEW ? piece : ` ${piece}`.slice(1)

/** The same for a piece of `whole`, unless it is most of it. */
export const detachFrom = (whole: string, piece: string): string => piece.length * 2 < whole.length ? detach(piece) : piece

/** The same for bytes: a view of a small part of what was read would keep all of that. */
export function detachBytes (view: Buffer): Buffer {
  if (view.length * 2 >= view.buffer.byteLength) return view
  const own = Buffer.allocUnsafeSlow(view.length) // not of the pool, which is one more thing to keep
  view.copy(own)
  return own
}
