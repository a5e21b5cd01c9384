import t from 'tap'
import { Table } from '../../../src/cluster/table.js'
import type { NodeAddress, Refused, SessionRequest } from '../../../types/cluster.js'
import { newLog } from '../../kit/fakes/revision-1-session.js'
import { turn } from '../../kit/waiting.js'
import { FakeClock } from './fake-clock.js'
import { FakeLinks } from './fake-links.js'

const at = (digit: number): NodeAddress => ({ host: `10.0.0.${digit}`, port: 7070 })
const REQUEST: SessionRequest = { sid: 'node-two-and-more', dialect: 'engine 4', transport: 'polling', isUpgrade: false, isScript: false }

function newTable () {
  const clock = new FakeClock()
  const links = new FakeLinks()
  const { log, lines } = newLog()
  const table = new Table({ connect: links.connect, tag: 'node-one', hold: () => true, clock, log })
  /** Asks a node for a session. @returns its answers so far */
  const check = (tag: string): (Refused | undefined)[] => {
    const answers: (Refused | undefined)[] = []
    table.find(tag)?.check(REQUEST, (refused) => { answers.push(refused) })
    return answers
  }
  const states = (): string[] => table.nodes.map(({ tag, state }) => `${tag} ${state}`)
  return { clock, links, table, check, states, logged: () => lines.map(({ msg }) => String(msg)) }
}

const TWO = { tag: 'node-two', address: at(2), sessions: 7 }
const SELF = { tag: 'node-one', address: at(1) }

t.test('a node that a source names by its tag', async (t) => {
  await t.test('is linked, and this node is not', async (t) => {
    const { links, table } = newTable()
    table.update([SELF, TWO])
    table.update([SELF, TWO])
    t.same(links.open, ['10.0.0.2:7070'])
    t.equal(links.to(at(2)).options.tag, 'node-two', 'the node must prove the tag')
    t.same(table.nodes, [{ tag: 'node-two', state: 'unreachable', rtt: undefined, sessions: 7 }])
    const edge = links.to(at(2)).up('node-two', { sessions: 8, state: 'draining', rtt: 2 })
    t.equal(table.find('node-two'), edge)
    t.same(table.nodes, [{ tag: 'node-two', state: 'draining', rtt: 2, sessions: 8 }])
    t.equal(table.find('node-six'), undefined)
    t.equal(table.find('node-one'), undefined)
  })

  await t.test('gets requests that have come before the link is up', async (t) => {
    const { links, table, check } = newTable()
    table.update([TWO])
    const answers = check('node-two')
    t.same(answers, [])
    links.to(at(2)).up('node-two', { check: (_request, answer) => answer() })
    t.same(answers, [undefined])
  })

  await t.test('is unreachable as soon as the first attempt has failed, and after 1 s', async (t) => {
    const { links, table, check, clock } = newTable()
    table.update([TWO])
    const first = check('node-two')
    links.to(at(2)).fail()
    t.match(first, [{ reason: 'node unreachable', context: { node: 'node-two' } }])
    t.match(check('node-two'), [{ reason: 'node unreachable' }], 'further requests do not wait')

    const other = newTable()
    other.table.update([TWO])
    const waiting = other.check('node-two')
    await other.clock.tick(999)
    t.same(waiting, [])
    await other.clock.tick(1)
    t.match(waiting, [{ reason: 'node unreachable' }])
    const edge = other.links.to(at(2)).up('node-two')
    t.equal(other.table.find('node-two'), edge, 'a link that is late is used')
    t.equal(clock.timers, 1)
  })

  await t.test('stays while its link is up, although the source has lost it', async (t) => {
    const { links, table, states, clock } = newTable()
    table.update([TWO])
    links.to(at(2)).up('node-two')
    table.update([])
    await clock.tick(60_000)
    t.same(states(), ['node-two serving'])
    links.to(at(2)).down()
    t.same(states(), [])
    t.same(links.open, [], 'nobody connects there any more')
  })

  await t.test('stays while the source names it, although its link is down', async (t) => {
    const { links, table, states, clock, check, logged } = newTable()
    table.update([TWO])
    links.to(at(2)).up('node-two')
    links.to(at(2)).down()
    await clock.tick(60_000)
    t.same(states(), ['node-two unreachable'])
    t.match(check('node-two'), [{ reason: 'node unreachable' }])
    table.update([])
    t.same(states(), [])
    t.equal(table.find('node-two'), undefined)
    t.same(logged(), ['a node is no longer in the cluster'])
  })
})

t.test('a node of a source that knows addresses only', async (t) => {
  await t.test('has the tag that it proves', async (t) => {
    const { links, table, states } = newTable()
    table.update([{ address: at(1) }, { address: at(2) }])
    t.equal(links.to(at(2)).options.tag, undefined)
    links.to(at(1)).self()
    const edge = links.to(at(2)).up('node-two')
    table.update([{ address: at(1) }, { address: at(2) }])
    t.same(links.open, ['10.0.0.1:7070', '10.0.0.2:7070'])
    t.same(states(), ['node-two serving'])
    t.equal(table.find('node-two'), edge)
  })

  await t.test('is known for 10 s after its link went down; the address stays, for the next process there', async (t) => {
    const { links, table, states, clock } = newTable()
    table.update([{ address: at(2) }])
    const link = links.to(at(2))
    link.up('node-two')
    await clock.tick(20_000)
    link.down()
    await clock.tick(5000)
    link.up('node-two')
    link.down()
    await clock.tick(9999)
    t.same(states(), ['node-two unreachable'])
    link.up('node-new')
    t.same(states(), ['node-two unreachable', 'node-new serving'])
    await clock.tick(1)
    t.same(states(), ['node-new serving'])
    t.same(links.open, ['10.0.0.2:7070'])
  })

  await t.test('is forgotten at once when it has said that it leaves', async (t) => {
    const { links, table, states } = newTable()
    table.update([{ address: at(2) }])
    links.to(at(2)).up('node-two', { state: 'draining' })
    t.same(states(), ['node-two draining'])
    links.to(at(2)).down()
    t.same(states(), [])
  })

  await t.test('is linked by another address of it when one fails', async (t) => {
    const { links, table } = newTable()
    table.update([{ address: at(2) }, { address: at(3) }])
    const [first, second] = [links.to(at(2)).up('node-two'), links.to(at(3)).up('node-two')]
    t.equal(table.nodes.length, 1)
    t.equal(table.find('node-two'), first)
    links.to(at(2)).down()
    t.equal(table.find('node-two'), second)
  })

  await t.test('is left when the source no longer has its address and no link is up', async (t) => {
    const { links, table } = newTable()
    table.update([{ address: at(2) }, { address: at(3) }])
    links.to(at(2)).up('node-two')
    links.to(at(3)).fail()
    table.update([])
    t.same(links.open, ['10.0.0.2:7070'])
    links.to(at(2)).down()
    t.same(links.open, [])
  })
})

t.test('a node that connects to this one', async (t) => {
  await t.test('is linked at once, and forgotten 10 s after its link is down', async (t) => {
    const { links, table, states, clock, check } = newTable()
    table.update([])
    table.greet('node-two', at(2))
    table.greet('node-two', at(2))
    t.same(links.open, ['10.0.0.2:7070'])
    t.equal(links.to(at(2)).options.tag, 'node-two')
    const answers = check('node-two')
    links.to(at(2)).up('node-two', { check: (_request, answer) => answer() })
    t.same(answers, [undefined])
    table.update([])
    await clock.tick(20_000)
    t.same(states(), ['node-two serving'])
    links.to(at(2)).down()
    await clock.tick(9999)
    t.same(states(), ['node-two unreachable'])
    await clock.tick(1)
    t.same(states(), [])
    t.same(links.open, [])
  })

  await t.test('is forgotten after 10 s if it cannot be reached', async (t) => {
    const { links, table, states, clock } = newTable()
    table.greet('node-two', at(2))
    links.to(at(2)).fail()
    await clock.tick(10_000)
    t.same(states(), [])
    t.same(links.open, [])
  })

  for (const member of [TWO, { address: at(2) }]) {
    await t.test(`and was not reached before, is tried at once, known by ${'tag' in member ? 'tag' : 'address'}`, async (t) => {
      const { links, table } = newTable()
      table.update([member])
      table.greet('node-two', at(2))
      t.equal(links.all.length, 1, 'not while the first attempt goes on')
      links.to(at(2)).fail()
      table.greet('node-two', at(2))
      t.equal(links.all.length, 2)
      t.same(links.open, ['10.0.0.2:7070'])
      t.equal(links.to(at(2)).options.tag, 'tag' in member ? 'node-two' : undefined)
      links.to(at(2)).up('node-two')
      table.greet('node-two', at(2))
      t.equal(links.all.length, 2, 'not while a link is up')
    })
  }

  await t.test('is not this one', async (t) => {
    const { links, table } = newTable()
    table.greet('node-one', at(1))
    t.same(links.all, [])
    t.same(table.nodes, [])
  })
})

t.test('it is settled when the first attempt to reach each node is over', async (t) => {
  const { links, table, clock } = newTable()
  await table.settled()
  table.update([{ address: at(1) }, TWO, { address: at(3) }, { address: at(4) }])
  let isSettled = false
  table.settled().then(() => { isSettled = true })
  links.to(at(1)).self()
  links.to(at(2)).up('node-two')
  links.to(at(3)).fail()
  await turn()
  t.equal(isSettled, false)
  await clock.tick(1000)
  t.equal(isSettled, true)
})

t.test('when it is closed, nothing is open, nobody waits, and nobody is added', async (t) => {
  const { links, table, clock, check } = newTable()
  table.update([TWO, { tag: 'node-six', address: at(6) }, { address: at(3) }])
  links.to(at(3)).up('node-3---')
  const answers = check('node-two')
  const settled = table.settled()
  table.close()
  await settled
  t.match(answers, [{ reason: 'node unreachable' }])
  table.update([TWO])
  table.greet('node-two', at(2))
  t.same(links.open, [])
  t.same(table.nodes, [])
  await clock.tick(20_000)
  t.equal(clock.timers, 0)
})
