// Request targets in absolute form (RFC 9112, 3.2.2). The router ignores scheme and authority, so upgrades do, too.
import t from 'tap'
import { DIALECTS, readOpen } from '../kit/engine-io/payload.js'
import { UPGRADE } from '../kit/raw/http.js'
import { dial } from '../kit/raw/connection.js'
import { pluginApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'

/** Writes a GET with the target as it stands, and takes its answer. */
async function ask (t: Teardown, port: number, target: string, ...lines: string[]) {
  const raw = dial(t, port)
  await raw.writeLines(`GET ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...lines, '', '')
  const answer = await raw.answer()
  raw.socket.destroy()
  return answer
}

const AUTHORITIES = ['http://127.0.0.1:PORT', 'HTTP://127.0.0.1:PORT', 'http://LocalHost', 'https://other.test:8080', 'http://user@other.test']

for (const authority of AUTHORITIES) {
  t.test(`targets with ${authority} are those of their paths`, async (t) => {
    const app = await pluginApp(t)
    const port = await portOf(app)
    const origin = authority.replace('PORT', String(port))
    for (const { eio, packets } of DIALECTS) {
      const path = `${origin}/socket.io/?EIO=${eio}&transport=`
      const opened = await ask(t, port, `${path}polling`)
      t.equal(opened.status, 200)
      const { sid } = readOpen(packets(Buffer.from(opened.body, 'latin1'))[0])
      t.equal((await ask(t, port, `${path}polling&sid=unknown`)).status, 400)
      t.equal((await ask(t, port, `${path}websocket`, ...UPGRADE)).status, 101)
      t.equal((await ask(t, port, `${path}websocket&sid=${sid}`, ...UPGRADE)).status, 101)
      const unknown = await ask(t, port, `${path}websocket&sid=unknown`, ...UPGRADE)
      t.strictSame([unknown.status, unknown.body], [400, '{"code":1,"message":"Session ID unknown"}'])
    }
    const [sid = ''] = (await ask(t, port, `${origin}/socket.io/1/?t=1`)).body.split(':', 1)
    t.ok(app.socketio.sessions.has(sid))
    t.equal((await ask(t, port, `${origin}/socket.io/1/websocket/${sid}`, ...UPGRADE)).status, 101)
    t.equal((await ask(t, port, `${origin}/%73ocket.io/?EIO=4&transport=websocket`, ...UPGRADE)).status, 101)
  })
}

t.test('targets that the router refuses are refused as upgrades, and other paths stay with others', async (t) => {
  const app = await pluginApp(t)
  const port = await portOf(app)
  const query = '/socket.io/?EIO=4&transport=websocket'
  for (const target of [`http://a b${query}`, `http://[::${query}`, `http://${query}`, `ftp://a${query}`, `http://a/x${query}`, `http://a?x=${query}`, `http://a//other${query}`, `//a${query}`]) {
    const [upgrade, plain] = [await ask(t, port, target, ...UPGRADE), await ask(t, port, target, 'Connection: close')]
    t.ok(plain.status >= 400, `${target}: ${plain.status}`)
    t.equal(upgrade.status, plain.status, target)
  }
  t.equal(app.socketio.sessions.size, 0)
})
