// What thousands of sessions need of the system: open files and ports.
import { openFilesLimit } from './proc.mjs'

/** Files that a process needs beside its sessions. */
const OTHER_FILES = 500
/** Sessions for which one local address has ports enough, with all that they open besides. */
const PER_ADDRESS = 8000

/** Connections that a process may have. */
export const mostConnections = () => openFilesLimit() - OTHER_FILES

/** Says when there are fewer sessions than asked for. */
export function sayIfFewer (sessions, asked, say = console.error) {
  if (sessions < asked) say(`${sessions} sessions instead of ${asked}: a process may have ${openFilesLimit()} open files (ulimit -n)`)
}

/** The addresses that a client connects from, of the loopback network; undefined where one is enough. */
export const localAddresses = (sessions) => sessions <= PER_ADDRESS
  ? undefined
  : Array.from({ length: Math.ceil(sessions / PER_ADDRESS) }, (_, i) => `127.0.0.${i + 1}`)

/** A list of numbers of sessions, as flags have it; `none` is an empty one. @throws in a sentence */
export function counts (name, text) {
  if (text === 'none') return []
  const list = text.split(',').map(Number)
  if (!list.every((count) => Number.isInteger(count) && count > 0)) throw new Error(`--${name} ${text}: not a list of whole numbers`)
  return list
}
