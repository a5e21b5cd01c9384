// Workers of one node:cluster behind @socket.io/sticky: this process is the primary, which passes each connection to the worker that has its session.
import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { setupMaster } from '@socket.io/sticky'
import t from 'tap'
import { ask, connectOfficial } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { ask as sendRequest, fetchText } from '../kit/request.js'
import type { Answer } from '../kit/request.js'
import type { Teardown } from '../kit/teardown.js'
import type { WorkerName } from './sticky-worker.js'

const exec = fileURLToPath(new URL('sticky-worker.ts', import.meta.url))

async function startWorker (t: Teardown): Promise<void> {
  const worker = cluster.fork()
  const exited = once(worker, 'exit')
  t.teardown(async () => {
    worker.process.kill('SIGKILL')
    await exited
  })
  const ready = new Promise((resolve) => worker.on('message', (message) => { if (message === 'ready') resolve(undefined) }))
  await Promise.race([ready, exited.then(([code]) => { throw new Error(`the worker has ended with ${String(code)}`) })])
}

/** Starts two workers, which take new sessions by turns. Returns the URL of the primary. */
async function startCluster (t: Teardown, name: WorkerName): Promise<string> {
  cluster.setupPrimary({ exec, args: [name], serialization: 'advanced' }) // else the bytes of requests do not arrive as bytes
  const primary = createServer()
  setupMaster(primary, { loadBalancingMethod: 'round-robin' })
  await Promise.all([startWorker(t), startWorker(t)])
  await new Promise<void>((resolve) => primary.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    primary.close()
    primary.closeAllConnections()
  })
  return `http://127.0.0.1:${(primary.address() as AddressInfo).port}`
}

/** A client says long and short texts. Returns the process that has answered all of them. */
async function talk (t: Teardown, url: string, generation: Generation, transports: readonly string[]): Promise<unknown> {
  const client = connectOfficial(generation, url, transports)
  t.teardown(() => client.disconnect())
  const moved = transports.length > 1 ? new Promise((resolve) => client.on('moved', resolve)) : undefined
  const pids = new Set<unknown>()
  const say = async (text: string): Promise<void> => {
    const [pid, same, address] = await ask(client, 'name', text)
    if (same !== text || address !== '127.0.0.1') throw new Error(`${String(address)} ${String(same).length}`)
    pids.add(pid)
  }
  await new Promise((resolve, reject) => {
    client.on('connect', resolve)
    client.on('connect_error', reject)
  })
  client.on('disconnect', (reason) => pids.add(reason))
  await say('é'.repeat(100_000))
  await moved
  for (let i = 0; i < 5; i++) await say(String(i))
  await Promise.all([say('a'), say('b'.repeat(100_000))])
  if (pids.size > 1) throw new Error([...pids].join())
  return [...pids][0]
}

// Not on socket.io's own server: it answers a handshake before it tells the primary the id, so the next request sometimes reaches the other worker.
for (const name of ['drop-in', 'plugin'] as const) {
  t.test(`sessions stay on their worker: ${name}`, async (t) => {
    const url = await startCluster(t, name)
    for (const generation of [4, 2] as const) {
      for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
        await t.test(`clients of ${generation}.x with ${transports.join(' and ')}`, async (t) => {
          const pids = await Promise.all(Array.from({ length: 12 }, () => talk(t, url, generation, transports)))
          t.equal(new Set(pids).size, 2, 'both workers have clients')
        })
      }
    }
    await t.test('requests with a body, which the primary passes piece by piece, break without harm', async (t) => {
      const polling = `${url}/socket.io/?EIO=4&transport=polling`
      const open = async (): Promise<string> => {
        const { body } = await fetchText(polling, { body: '' }) // with Content-Length
        const { sid } = JSON.parse(body.slice(1)) as { sid: string }
        return `${polling}&sid=${sid}`
      }
      const cut = httpRequest(await open(), { method: 'POST', headers: { 'content-length': 1000 } }).on('error', () => {})
      await new Promise((resolve) => cut.write('4', resolve))
      cut.destroy()
      const session = await open()
      const post = (body: string): Promise<Answer> => fetchText(session, { method: 'POST', body })
      t.equal((await post('40')).body, 'ok')
      t.match((await fetchText(session, { body: '' })).body, /^40/)
      const arrived = new Promise((resolve) => cluster.on('message', (_worker, message) => { if (message === 'parked') resolve(undefined) }))
      const parked = sendRequest(`${session}&park`, { body: '' }).request
      await arrived
      parked.destroy()
      let answer: Answer
      do answer = await post('42["moved"]')
      while (answer.status !== 400)
      t.match(answer.body, 'Session ID unknown', 'its session ends with the poll that breaks')
      t.ok(await talk(t, url, 4, ['polling']))
      t.ok(await talk(t, url, 4, ['polling']))
    })
    if (name !== 'plugin') return
    await t.test('clients of 0.9 need a balancer that looks at the address: their id is where sticky does not look', async (t) => {
      const { body } = await fetchText(`${url}/socket.io/1/`)
      const poll = await fetchText(`${url}/socket.io/1/xhr-polling/${body.slice(0, 20)}`)
      t.equal(poll.body, '7:::1+0', 'the other worker does not know the session')
    })
  })
}
