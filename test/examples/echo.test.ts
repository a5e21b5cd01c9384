// examples/echo.js does what its head says, to the old client.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'

type Listener = (...args: unknown[]) => void

/** What of the old client is used here. */
interface OldSocket {
  on (event: string, listener: Listener): void
  once (event: string, listener: Listener): void
  send (data: string): void
  emit (event: string, ...args: unknown[]): void
  socket: { disconnect (): void }
}
interface OldClient {
  transports: string[]
  connect (url: string, options: object): OldSocket
}

const io = createRequire(import.meta.url)('socket.io-client-0.9') as OldClient

const next = (socket: OldSocket, event: string): Promise<unknown[]> =>
  new Promise((resolve) => socket.once(event, (...args) => resolve(args)))

function collect (socket: OldSocket, event: string, count: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    const seen: unknown[] = []
    socket.on(event, (value) => { if (seen.push(value) === count) resolve(seen) })
  })
}

async function connect (url: string): Promise<OldSocket> {
  const socket = io.connect(url, { 'force new connection': true })
  await next(socket, 'connect')
  return socket
}

t.test('the echo example', async (t) => {
  const folder = fileURLToPath(new URL('../..', import.meta.url))
  const example = spawn(process.execPath, ['examples/echo.js', '--port', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => example.kill('SIGKILL'))
  const [line] = await once(createInterface(example.stdout), 'line') as [string]
  t.match(line, /^listening on http:\/\/127\.0\.0\.1:\d+$/)
  const url = line.replace('listening on ', '')

  for (const transport of ['websocket', 'xhr-polling']) {
    await t.test(`answers over ${transport}`, async (t) => {
      io.transports = [transport]
      const socket = await connect(url)
      const other = await connect(url)
      t.teardown(() => {
        socket.socket.disconnect()
        other.socket.disconnect()
      })

      const message = next(socket, 'message')
      socket.send('hello')
      t.strictSame(await message, ['hello'])

      const echo = next(socket, 'echo')
      socket.emit('echo', { a: 1 })
      t.strictSame(await echo, [{ a: 1 }])
      const acked = await new Promise((resolve) => socket.emit('echo', { a: 2 }, (...args: unknown[]) => resolve(args)))
      t.strictSame(acked, [{ a: 2 }])

      const many = collect(socket, 'many', 5)
      socket.emit('many', 5)
      t.strictSame(await many, [0, 1, 2, 3, 4])

      const up = collect(socket, 'up', 3)
      for (const i of [7, 8, 9]) socket.emit('up', i)
      t.strictSame(await up, [7, 8, 9])

      const news = Promise.all([next(socket, 'news'), next(other, 'news')])
      socket.emit('bcast', 'to all')
      t.strictSame(await news, [['to all'], ['to all']])
    })
  }

  await t.test('ends in order when it is told to', async (t) => {
    example.kill('SIGTERM')
    t.strictSame(await once(example, 'exit'), [0, null])
  })
})
