// What a client of Engine.IO may connect of the official Server: `maxEndpoints` namespaces beside the default one, as in revision 1.
import t from 'tap'
import { serverApp } from '../kit/servers/app.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { turns } from '../kit/waiting.js'
import { DIALECTS } from '../kit/engine-io/payload.js'

for (const dialect of DIALECTS) {
  // A client of Engine.IO 3 says its auth in a query.
  for (const auth of dialect.eio === 4 ? ['', '{"token":"abc"}'] : ['']) {
    t.test(`engine ${dialect.eio}: three namespaces and the default one, ${auth === '' ? 'without auth' : 'with auth'}; a fourth is refused until one is left`, async (t) => {
      const app = await serverApp(t, { maxEndpoints: 3 })
      app.io.of(/^\/n\d+$/)
      const session = await connectEngine(app, dialect)
      const join = (name: string): string => `40${name === '/' ? '' : `${name},`}${auth}`
      const connect = async (...names: string[]): Promise<void> => {
        for (const name of names) await session.send(join(name))
        await turns(5)
      }
      // A client of Engine.IO 3 is in the default one from the first.
      await connect(...dialect.eio === 4 ? ['/'] : [], '/n0', '/n1', '/n2', '/n3')
      t.strictSame([...app.io._nsps.keys()].sort(), ['/', '/n0', '/n1', '/n2'])
      await session.send('41/n1,')
      await turns(5)
      await connect('/n4')
      t.strictSame([...app.io._nsps.keys()].sort(), ['/', '/n0', '/n1', '/n2', '/n4'])
    })
  }
}
