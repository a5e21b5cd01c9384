// The application of docs/cluster.md, as it stands there: two nodes over Redis, and a session whose requests go to the other one.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { askWhole } from '../kit/engine-io/http-endpoint.js'
import { freePort } from '../kit/machine/free-port.js'
import { redisUrl, skip } from '../kit/machine/redis.js'
import { startPrinting } from '../kit/servers/example.js'
import { eventually } from '../kit/cluster/processes.js'

t.test('two nodes of the page', { skip }, async (t) => {
  const REDIS_URL = await redisUrl(t)
  const secret = randomBytes(32).toString('hex')
  const start = async (): Promise<{ url: string, stop: () => Promise<number | null> }> => {
    const port = await freePort()
    const { child } = await startPrinting(process.execPath, ['examples/several-nodes.js'], { env: { REDIS_URL, CLUSTER_SECRET: secret, PORT: String(port), LINK_PORT: '0' } })
    t.teardown(() => child.kill('SIGKILL'))
    const url = `http://127.0.0.1:${port}`
    await eventually(async () => await fetch(`${url}/ready`).then(({ status }) => status === 200, () => false))
    return {
      url,
      stop: async () => {
        const exited = new Promise<number | null>((resolve) => { child.once('exit', resolve) })
        child.kill('SIGTERM')
        return await exited
      }
    }
  }
  const [one, other] = [await start(), await start()]
  await eventually(async () => (await fetch(`${one.url}/ready`).then((answer) => answer.json()) as unknown[]).length === 2)
  const { body } = await askWhole(`${one.url}/socket.io/?EIO=4&transport=polling`)
  const { sid } = JSON.parse(body.slice(1)) as { sid: string }
  const at = `${other.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`
  t.equal((await askWhole(at, { method: 'POST', body: '40' })).body, 'ok')
  t.match((await askWhole(at)).body, /^40\{"sid":/)
  t.equal(await other.stop(), 0)
  t.equal(await one.stop(), 0)
})
