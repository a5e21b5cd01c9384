// Two applications with the Redis adapter, as Nest's documentation makes it.
import { pathToFileURL } from 'node:url'
import type { INestApplication } from '@nestjs/common'
import { Logger } from '@nestjs/common'
import t from 'tap'
import { redisUrl, skip } from '../kit/machine/redis.js'
import { connectOfficial, hear, join4 } from '../kit/official-clients.js'
import { inTime, until } from '../kit/waiting.js'
import { APP, compile } from './nest-app.js'

t.test('a message reaches the clients of both applications, and each closes with its clients', { skip }, async (t) => {
  process.env['REDIS_URL'] = await redisUrl(t)
  process.env['PORT'] = '0'
  const errors: unknown[] = []
  Logger.overrideLogger({ log () {}, warn: (line) => errors.push(line), error: (line) => errors.push(line) })
  t.teardown(() => Logger.overrideLogger(['log', 'warn', 'error']))
  const folder = await compile(t, APP)
  const { bootstrap } = await import(pathToFileURL(`${folder}/redis-main.js`).href) as { bootstrap (): Promise<INestApplication> }
  const [one, two] = await Promise.all([bootstrap(), bootstrap()])
  t.teardown(() => Promise.allSettled([one.close(), two.close()])) // its Redis clients cannot be closed twice
  const here = await join4(t, await one.getUrl())
  const old = connectOfficial(0.9, await two.getUrl(), ['websocket'])
  t.teardown(() => old.disconnect())
  const news = hear(old, 'news')
  await inTime(hear(old, 'connect')(), 'connect')
  // The first application may not hear of the second one at once.
  let heard: unknown[] | undefined
  news().then((args) => { heard = args }, () => {})
  await until(() => {
    here.emit('everyone', { text: 'from afar' })
    return heard !== undefined
  })
  t.strictSame(heard, ['from afar'])
  await two.close()
  t.ok(here.connected)
  await one.close()
  t.strictSame(errors, [])
})
