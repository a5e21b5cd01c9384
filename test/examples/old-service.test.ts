// A service on socket.io 0.9 and Express, and its port by docs/migrate-from-socket.io-0.9.md: the same clients hear the same from both.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { freePort } from '../kit/machine/free-port.js'
import { ask, connect09, hear, next } from '../kit/official-clients.js'
import type { Socket09 } from '../kit/official-clients.js'
import { startExample } from '../kit/servers/example.js'
import type { Teardown } from '../kit/teardown.js'

/** Starts the old service. Returns its port. */
async function startOld (t: Teardown): Promise<number> {
  const port = await freePort()
  const child = spawn(process.execPath, [fileURLToPath(new URL('old-service.cjs', import.meta.url))], { env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.stdout.resume()
  return port
}

async function startNew (t: Teardown): Promise<number> {
  const { port, stop } = await startExample('migration/socket.io-0.9-service.js')
  t.teardown(stop)
  return port
}

/** What clients hear, with names in the place of ids. */
async function scenario (t: Teardown, port: number, transport: string): Promise<unknown[]> {
  const url = `http://127.0.0.1:${port}`
  const handshake = async (query: string): Promise<[number, string]> => {
    const answer = await fetch(`${url}/socket.io/1/${query}`)
    return [answer.status, await answer.text()]
  }
  const connect = async (name: string, options: object = {}): Promise<Socket09> => {
    const client = connect09(`${url}?token=secret&name=${name}`, transport, options)
    t.teardown(() => client.socket.disconnect())
    await next(client, 'connect')
    return client
  }
  const heard: unknown[] = [await handshake(''), await handshake('?token=x'), await (await fetch(`${url}/status`)).json(), (await fetch(`${url}/nowhere`)).status]

  const [ada, bob] = [await connect('ada'), await connect('bob')]
  const [hello] = await ask(ada, 'hello') as [{ id: string }]
  heard.push({ ...hello, id: hello.id === ada.socket.sessionid })

  heard.push(await ask(ada, 'join', 'notes'))
  const joined = next(ada, 'joined')
  heard.push(await ask(bob, 'join', 'notes'), await joined)
  const [names, doc, rooms] = await ask(bob, 'who') as [string[], string, string[]]
  heard.push([[...names].sort(), doc, rooms.map((room) => room.replace(/^\//, '')).filter((room) => room !== '')])

  const edited = next(ada, 'edited')
  const saved = next(bob, 'saved')
  bob.emit('edit', 'notes', 'é')
  heard.push(await edited, transport === 'websocket' && await saved) // it is volatile: without an open poll, both servers drop it

  const messages = hear(bob, 'message')
  ada.send('è')
  heard.push(await messages(), await messages())

  const whispered = next(bob, 'whispered')
  ada.emit('whisper', bob.socket.sessionid, 'psst')
  heard.push(await whispered)

  const admin = ada.socket.of('/admin')
  heard.push(await next(admin, 'message'))
  const [session, count] = await ask(admin, 'session of')
  heard.push([session === ada.socket.sessionid, count])
  heard.push(await next(bob.socket.of('/admin'), 'connect_failed'))

  const left = next(ada, 'left')
  const gone = next(bob, 'disconnect')
  ada.emit('kick', bob.socket.sessionid)
  heard.push(await gone, await left)
  return heard
}

t.test('the old service and the new one', async (t) => {
  const [before, after] = [await startOld(t), await startNew(t)]
  for (const transport of ['websocket', 'xhr-polling']) {
    const [was, is] = [await scenario(t, before, transport), await scenario(t, after, transport)]
    t.equal(was.length, 19)
    t.strictSame(is, was, transport)
  }
})
