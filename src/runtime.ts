// The runtime: Node, or another one with its own versions of Node's modules and of ws (docs/runtimes.md). All that differs between them is in this file.
import { UnsupportedVersionError } from './errors.js'

interface Support {
  readonly name: string
  /** The oldest version in which everything works. */
  readonly oldest: string
  /** What the versions before lack. */
  readonly part: string
}

/** By the key of `process.versions`, where each of them also gives a version of Node. */
const RUNTIMES: Readonly<Record<string, Support>> = {
  bun: { name: 'Bun', oldest: '1.4.4', part: 'the options maxPayload and perMessageDeflate of ws, and headers in the answer to an upgrade' },
  deno: { name: 'Deno', oldest: '2.8.0', part: 'answers to refused upgrades and to some POSTs, and Server.setTimeout' }
}

const numbersOf = (version: string): number[] => version.split(/[.-]/, 3).map(Number)

function isOlder (version: string, than: string): boolean {
  const numbers = numbersOf(version)
  const [at, other] = [...numbersOf(than).entries()].find(([at, number]) => numbers[at] !== number) ?? [0, 0]
  return Number(numbers[at]) < other
}

/** Checks that the runtime is new enough. @throws FST_SIO_UNSUPPORTED_VERSION */
export function checkRuntime (versions: Readonly<Record<string, string | undefined>> = process.versions): void {
  for (const [key, { name, oldest, part }] of Object.entries(RUNTIMES)) {
    const version = versions[key]
    if (version !== undefined && isOlder(version, oldest)) throw new UnsupportedVersionError(`${name} ${version}`, part, `use ${name} ${oldest} or newer, or Node`)
  }
}

/** Whether text can be written to a TLS connection as Latin-1. Deno writes it as UTF-8 if the connection is corked (seen in 2.8 and 2.9). */
export const hasLatin1OnTls = process.versions['deno'] === undefined
