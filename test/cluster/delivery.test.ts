// The tests behind docs/delivery.md over a link: sessions are on one node, and everything that their clients send arrives at another one, where connections break.
import process from 'node:process'
import t from 'tap'

process.env['FAULT_NODES'] = '2'
const { start } = await import('../faults/faulty-sessions.js')
const { POSTED } = await import('../faults/polling-clients.js')

t.test('the node with the sessions sees none of the requests that follow a handshake', async (t) => {
  const { server, connect } = await start(t)
  let seen = 0
  server.app.server.on('request', () => { seen++ })
  for (const carrier of POSTED) {
    const { line, heard, say } = await connect(carrier)
    seen = 0
    t.equal(await line.post([0]).outcome, 'ok')
    say(1)
    if (carrier.name.includes('polling')) t.strictSame(await line.poll().outcome, [0])
    t.strictSame([heard, seen], [[0], 0], carrier.name)
  }
})

await import('../faults/broken-posts.test.js')
await import('../faults/broken-polls.test.js')
await import('../faults/broken-streams.test.js')
await import('../faults/broken-upgrades.test.js')
await import('../faults/closed-posts.test.js')
