// Packets and bytes in both directions, of one session or of all. Pure.
import type { Traffic } from '../../types/observation.js'

/** Counters. */
export class TrafficCounter implements Traffic {
  packetsIn = 0
  packetsOut = 0
  bytesIn = 0
  bytesOut = 0

  countIn (bytes: number): void {
    this.packetsIn++
    this.bytesIn += bytes
  }

  countOut (bytes: number): void {
    this.packetsOut++
    this.bytesOut += bytes
  }

  /** A copy. */
  read (): Traffic {
    const { packetsIn, packetsOut, bytesIn, bytesOut } = this
    return { packetsIn, packetsOut, bytesIn, bytesOut }
  }
}
