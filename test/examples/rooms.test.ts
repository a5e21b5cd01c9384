// The rooms over Redis: two nodes by one command, and a page with a client of each.
import { randomUUID } from 'node:crypto'
import type { FrameLocator, Page } from 'playwright-core'
import t from 'tap'
import { freePort } from '../kit/machine/free-port.js'
import { skip as noBrowser } from '../kit/machine/chromium.js'
import { redisUrl, skip as noRedis } from '../kit/machine/redis.js'
import { findExecutable } from '../kit/machine/executable.js'
import { runToEnd, startAsUser } from '../kit/servers/example.js'
import { startBrowsers } from './pages.js'

t.test('without a redis-server, it says what to do', async (t) => {
  const { code, errors } = await runToEnd(['rooms', '--port', '0'], { PATH: '', REDIS_URL: '' })
  t.equal(code, 1)
  t.match(errors, /^There is no redis-server on the PATH\. Install it .+\n {2}REDIS_URL=redis:\/\/127\.0\.0\.1:6379 npm run example:rooms\n$/)
})

t.test('when no Redis is where REDIS_URL says, it says what to do', async (t) => {
  const url = `redis://127.0.0.1:${await freePort()}`
  const { code, errors } = await runToEnd(['rooms', '--port', '0'], { REDIS_URL: url })
  t.equal(code, 1)
  t.equal(errors, `No Redis answers at ${url} (ECONNREFUSED). Start one there, or unset REDIS_URL: then redis-server is started for you.\n`)
})

const nodesOf = async (url: string): Promise<number[]> => await (await fetch(`${url}/nodes.json`)).json() as number[]

t.test('the second node listens on the next port, at the Redis that is named', { skip: noRedis }, async (t) => {
  const env = { REDIS_URL: await redisUrl(t), REDIS_KEY: randomUUID() }
  const port = await freePort(2)
  const { url, stop } = await startAsUser(t, ['rooms', '--port', String(port)], env)
  t.equal(url, `http://127.0.0.1:${port}`)
  t.same(await nodesOf(url), [port, port + 1])
  t.equal(await stop(), 0)
})

const clientOn = (page: Page, port: number): FrameLocator => page.frameLocator(`iframe[src*=":${port}/"]`)
const seen = (frame: FrameLocator, selector: string, text: string | RegExp): Promise<void> => frame.locator(selector, { hasText: text }).first().waitFor()

async function say (frame: FrameLocator, text: string): Promise<void> {
  await frame.locator('#text').fill(text)
  await frame.locator('#say button').click()
}

const skip = noBrowser || (findExecutable('redis-server') === undefined ? noRedis || 'no redis-server on the PATH' : false)
t.test('the page, with a Redis of its own', { skip }, async (t) => {
  const { url, stop } = await startAsUser(t, ['rooms'], { REDIS_URL: '' })
  const { open, complaints } = await startBrowsers(t)
  const page = await open(url)
  const ports = await nodesOf(url)
  t.equal(ports.length, 2)
  const [one = 0, two = 0] = ports
  const [ada, grace] = [clientOn(page, one), clientOn(page, two)]

  await t.test('shows a client of each node in one room', async () => {
    for (const [frame, port] of [[ada, one], [grace, two]] as const) {
      await seen(frame, '#state', /^connected$/)
      await seen(frame, '#node', String(port))
      await seen(frame, '#members', `Ada (${one}), Grace (${two})`)
    }
  })

  await t.test('carries messages from node to node, in both directions', async () => {
    await say(ada, 'from Ada')
    for (const frame of [ada, grace]) await seen(frame, '#log li', new RegExp(`^Ada node ${one}from Ada$`))
    await say(grace, 'from Grace')
    for (const frame of [ada, grace]) await seen(frame, '#log li', new RegExp(`^Grace node ${two}from Grace$`))
  })

  await t.test('carries none to another room', async (t) => {
    await grace.locator('#room').selectOption('cellar')
    await seen(ada, '#members', new RegExp(`^Ada \\(${one}\\)$`))
    await say(ada, 'nobody hears this')
    await seen(ada, '#log li', 'nobody hears this')
    await grace.locator('#room').selectOption('attic')
    await seen(ada, '#members', 'Grace')
    await say(ada, 'the end')
    await seen(grace, '#log li', 'the end')
    t.equal(await grace.locator('#log li').count(), 1)
  })

  t.strictSame(complaints, [])
  t.equal(await stop(), 0, 'while both clients are connected')
})
