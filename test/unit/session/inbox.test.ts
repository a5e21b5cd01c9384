// The order in which the official Server is told what clients say: bare calls, so that each turn and tick is seen.
import t from 'tap'
import { Inbox } from '../../../src/session/inbox.js'
import { turn } from '../../kit/waiting.js'

t.test('a goodbye waits for a turn, what follows it for a tick', async (t) => {
  const inbox = new Inbox()
  const ran: string[] = []
  const note = (name: string) => () => {
    ran.push(name)
    process.nextTick(() => ran.push(`${name}, a tick later`))
  }
  inbox.push(note('goodbye'), 'goodbye')
  inbox.push(note('another'), 'goodbye')
  inbox.push(note('message'), 'message')
  inbox.push(note('end'), 'end')
  t.strictSame([ran, inbox.empty], [[], false])
  await turn()
  t.strictSame(ran, ['goodbye', 'another', 'goodbye, a tick later', 'another, a tick later', 'message', 'message, a tick later'])
  await turn()
  t.strictSame(ran.slice(6), ['end', 'end, a tick later'])
  t.ok(inbox.empty)
})

t.test('an end waits for a turn too, and one that an end leads to does not', async (t) => {
  const inbox = new Inbox()
  const ran: string[] = []
  inbox.push(() => {
    ran.push('end')
    inbox.push(() => ran.push('its end'), 'end')
  }, 'end')
  t.strictSame(ran, [])
  await turn()
  t.strictSame([ran, inbox.empty], [['end', 'its end'], true])
})

t.test('goodbyes and messages in turns take time in proportion', async (t) => {
  const inbox = new Inbox()
  let ran = 0
  for (let i = 0; i < 20_000; i++) inbox.push(() => { ran++ }, i % 2 === 0 ? 'goodbye' : 'message')
  for (let turns = 0; !inbox.empty && turns < 10_001; turns++) await turn()
  t.equal(ran, 20_000)
})
