// When a transport counts as backed up.

/** Above this many bytes on their way, packets wait in the session's queue, where they are counted. */
export const HIGH_WATER_MARK = 64 * 1024
