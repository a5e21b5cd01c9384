// Found from outside: in revision 1, what stood behind a connect waited for it, and was written and read anew for each further connect in the same payload.
// One POST of 150 kB that connected and left an endpoint five thousand times took twelve seconds, in which nobody else was served.
import t from 'tap'
import { toPayload } from '../kit/revision-1/payload.js'
import { post } from '../kit/raw/http.js'
import { RawConnection } from '../kit/raw/connection.js'
import { handshakeAt } from '../kit/revision-1/client.js'
import { startTarget } from './withstands.js'
import type { Target } from './withstands.js'

const FEW = 1200
const MANY = 4800

/** The CPU time of so many connects and goodbyes in one payload, ms, until all have been heard. */
async function cost ({ port, state }: Target, pairs: number, between: readonly string[]): Promise<number> {
  const raw = new RawConnection(port)
  const path = `/socket.io/1/xhr-polling/${await handshakeAt(port)}`
  const { cpu } = await state()
  await post(raw, { path, type: 'text/plain' }, toPayload(Array.from({ length: pairs }, () => ['1::/chat', ...between, '0::/chat']).flat()))
  const poll = new RawConnection(port)
  let heard = 0
  while (heard < pairs) { // each connect is answered
    await poll.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    heard += (await poll.answer()).body.split('1::/chat').length - 1
  }
  for (const one of [raw, poll]) one.reset()
  return (await state()).cpu - cpu
}

for (const between of [[], ['5::/chat:{"name":"x"}']]) {
  t.test(`an endpoint that is connected and left again and again${between.length > 0 ? ', with an event each time,' : ''} takes time in proportion`, async (t) => {
    const target = await startTarget(t, 'server')
    const sizes = between.length > 0 ? [FEW / 2, MANY / 2] as const : [FEW, MANY] as const
    await cost(target, FEW, between) // compiled by then
    const few = await cost(target, sizes[0], between)
    const many = await cost(target, sizes[1], between)
    t.ok(many / few < 9, `${(many / few).toFixed(1)} times for four times as many (${Math.round(many)} ms); a square is sixteen`)
  })
}
