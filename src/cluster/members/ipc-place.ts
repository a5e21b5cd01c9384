// Where a worker listens: a Unix socket in a private folder of the temporary folder, or a named pipe of Windows.
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdtempSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Short, because a path of a Unix socket has at most 104 characters on macOS. */
const PREFIX = 'fsio-'
const SOCKET = 'link'

/** Makes the folder, which only this user can open (0700), and returns the path of the socket. */
export function makePlace (): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\${PREFIX}${randomBytes(16).toString('hex')}`
  return join(mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`)), SOCKET)
}

function attempt (call: () => void): void {
  try { call() } catch {}
}

/** Removes a socket and its folder, if they are there. Never throws. Removes nothing that {@link makePlace} has not made. */
export function removePlace (path: string): void {
  const folder = dirname(path)
  if (path !== join(folder, SOCKET) || dirname(folder) !== tmpdir() || !folder.startsWith(join(tmpdir(), PREFIX))) return
  attempt(() => unlinkSync(path))
  attempt(() => rmdirSync(folder))
}

/** Removes a socket if nobody listens to it: a connection is refused. One of another user cannot be connected to, and stays. */
function removeIfStale (path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('connect', () => socket.destroy())
    socket.once('error', ({ code }: NodeJS.ErrnoException) => { if (code === 'ECONNREFUSED') removePlace(path) })
    socket.once('close', () => resolve())
  })
}

function isAlive (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return Object(error).code !== 'ESRCH'
  }
}

/** Whether it is a folder of a process that has died, and of this user. Others may have made a link of that name. */
function isLeft (name: string): boolean {
  const [, pid] = /^fsio-(\d+)-\w{6}$/.exec(name) ?? []
  if (pid === undefined || isAlive(Number(pid))) return false
  const stat = lstatSync(join(tmpdir(), name), { throwIfNoEntry: false })
  return stat?.isDirectory() === true && stat.uid === process.getuid?.()
}

/** Removes the sockets that killed processes have left behind. A living process of another container may have an id that is dead here, so each one is tried. Never rejects. */
export async function removeStalePlaces (): Promise<void> {
  let names: string[] = []
  attempt(() => { names = readdirSync(tmpdir()).filter(isLeft) })
  await Promise.all(names.map((name) => removeIfStale(join(tmpdir(), name, SOCKET))))
}
