// The limit above which a transport is not writable.

/** Bytes that a connection may buffer. Above that, packets wait in the session's queue, where they count. */
export const HIGH_WATER_MARK = 64 * 1024
