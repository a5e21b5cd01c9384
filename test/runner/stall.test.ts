// A test file that tells nothing any more is ended. One that goes on telling may take as long as it likes.
import t from 'tap'
import { clock } from '../kit/clock.js'
import { watchSilence } from './stall.js'

t.test('a stream that falls silent', async (t) => {
  const tick = clock(t)
  const written: string[] = []
  const stream = { write: (text: string) => written.push(text) }
  let ended = 0
  watchSilence(stream, 4, () => { ended++ })
  for (let i = 0; i < 10; i++) {
    tick(3000)
    t.equal(stream.write(String(i)), i + 1, 'what is written goes on')
    t.equal(ended, 0)
  }
  tick(3000)
  t.equal(ended, 0)
  tick(1000)
  t.equal(ended, 1)
  tick(10_000)
  t.equal(ended, 1, 'once')
})
