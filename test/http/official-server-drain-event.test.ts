// 'drain' of a connection, as listeners of the official Server have it: here and on socket.io's own server, with the real client.
import t from 'tap'
import { connected, PLACES, start } from '../kit/servers/side-by-side.js'
import { turn } from '../kit/waiting.js'

for (const transport of ['websocket', 'polling']) {
  t.test(`${transport}: a listener of 'drain' that is added after an emit is called, whether the packet has left at once or not`, async (t) => {
    const { socket } = await connected(t, await start(t, 'here'), transport)
    for (let i = 0; i < 5; i++) {
      await new Promise<void>((resolve) => {
        socket.emit('word', i)
        socket.conn.once('drain', resolve)
      })
      await new Promise((resolve) => { setTimeout(resolve, 20) }) // whatever is under way has arrived
    }
    t.equal(socket.conn.listenerCount('drain'), 0)
  })

  for (const where of PLACES) {
    t.test(`${transport}, ${where}: a producer that goes on with each 'drain' says everything`, async (t) => {
      const { socket } = await connected(t, await start(t, where), transport)
      let said = 0
      await new Promise<void>((resolve) => {
        socket.conn.on('drain', () => {
          if (said === 50) return resolve()
          socket.emit('word', ++said)
        })
        socket.emit('word', 0)
      })
      t.equal(said, 50)
    })
  }
}

t.test('who listens is told once a turn, and nobody who has ended', async (t) => {
  const { socket: { conn } } = await connected(t, await start(t, 'here'), 'websocket')
  await turn()
  let drained = 0
  conn.on('drain', () => drained++)
  for (let i = 0; i < 10; i++) conn.write('2["word"]')
  t.equal(drained, 0, 'not in the middle of it: who answers with more would never come to an end')
  await turn()
  await turn()
  t.equal(drained, 1)
  conn.write('2["word"]')
  conn.close()
  await turn()
  await turn()
  t.equal(drained, 1)
})
