import t from 'tap'
import { LastEncoded } from '../../../src/codec/last-encoded.js'

t.test('the last text is found, and no other', async (t) => {
  const last = new LastEncoded<{ frame: string }>()
  const frame = { frame: '4a' }
  t.equal(last.find('a'), undefined, 'nothing has been encoded')
  t.equal(last.keep('a', frame), frame)
  t.equal(last.find('a'), frame, 'the same object, so that queues share it')
  t.equal(last.find('b'), undefined)
  last.keep('b', { frame: '4b' })
  t.equal(last.find('a'), undefined, 'one is kept')
})

t.test('what is cleared is not found', async (t) => {
  const last = new LastEncoded<string>()
  last.keep('a', '4a')
  last.clear()
  t.equal(last.find('a'), undefined)
})
