import fc from 'fast-check'
import t from 'tap'
import { SessionLimiter } from '../../../src/engine/session-limiter.js'
import type { SessionSlot } from '../../../src/engine/session-limiter.js'
import { RefusedRequest } from '../../../src/errors.js'
import { turn } from '../../kit/waiting.js'

const admit = async (limiter: SessionLimiter, address = '192.0.2.1'): Promise<{ slot: SessionSlot }> => await limiter.admit(address, async () => ({}))

/** How a call is refused. */
async function refused (call: () => unknown): Promise<RefusedRequest> {
  try {
    await call()
  } catch (error) {
    if (error instanceof RefusedRequest) return error
    throw error
  }
  throw new Error('it was not refused')
}

/** Why somebody is not let in; undefined when they are. Their slot is free again. */
async function refusal (limiter: SessionLimiter, address?: string): Promise<string | undefined> {
  try {
    const { slot } = await admit(limiter, address)
    slot.release()
    return undefined
  } catch (error) {
    if (error instanceof RefusedRequest) return error.reason
    throw error
  }
}

t.test('a handshake is handed what it is admitted with, and its slot', async (t) => {
  const { slot, ...rest } = await new SessionLimiter(1, Infinity).admit('192.0.2.1', async () => ({ id: 'abc' }))
  t.strictSame(rest, { id: 'abc' })
  t.type(slot.commit, 'function')
})

t.test('there are as many slots as there may be sessions; one that is left is free', async (t) => {
  const limiter = new SessionLimiter(2, Infinity)
  const [one, two] = [(await admit(limiter)).slot, (await admit(limiter)).slot]
  one.commit()
  two.commit()
  await turn()
  t.equal(await refusal(limiter), 'too many sessions')
  one.release()
  t.equal(await refusal(limiter), undefined)
  one.release()
  one.release()
  const three = (await admit(limiter)).slot
  three.commit()
  t.equal(await refusal(limiter), 'too many sessions', 'leaving again has freed nothing more')
})

t.test('a refusal says how many there are, and to whom', async (t) => {
  const limiter = new SessionLimiter(1, Infinity)
  ;(await admit(limiter)).slot.commit()
  t.match(await refused(() => admit(limiter, '198.51.100.7')), { reason: 'too many sessions', context: { sessions: 1, address: '198.51.100.7' } })
})

t.test('a handshake has its slot from its beginning', async (t) => {
  const limiter = new SessionLimiter(1, Infinity)
  let finish = (): void => {}
  const pending = Promise.resolve(limiter.admit('192.0.2.1', () => new Promise<object>((resolve) => { finish = () => resolve({}) })))
  t.equal(await refusal(limiter), 'too many sessions')
  finish()
  ;(await pending).slot.commit()
  await turn()
  t.equal(await refusal(limiter), 'too many sessions')
})

t.test('one that fails, however it does, has none', async (t) => {
  const limiter = new SessionLimiter(1, Infinity)
  await t.rejects(async () => await limiter.admit('192.0.2.1', async () => { throw new Error('no') }), { message: 'no' })
  t.throws(() => limiter.admit('192.0.2.1', () => { throw new Error('at once') }), { message: 'at once' })
  t.equal(await refusal(limiter), undefined)
})

t.test('one that takes no time is admitted at once', async (t) => {
  const admitted = new SessionLimiter(1, Infinity).admit('192.0.2.1', () => ({ id: 'abc' }))
  t.match(admitted, { id: 'abc' })
})

t.test('one that opens no session in its turn of the event loop has none', async (t) => {
  const limiter = new SessionLimiter(1, Infinity)
  await admit(limiter)
  await turn()
  t.equal(await refusal(limiter), undefined)
})

t.test('one that opens its session later has to find a slot again', async (t) => {
  const limiter = new SessionLimiter(1, Infinity)
  const late = await admit(limiter)
  await turn()
  const { slot } = await admit(limiter)
  slot.commit()
  t.match(await refused(() => late.slot.commit()), { reason: 'too many sessions' })
  t.equal(await refusal(limiter), 'too many sessions')
  slot.release()
  late.slot.commit()
  t.equal(await refusal(limiter), 'too many sessions')
  late.slot.release()
  t.equal(await refusal(limiter), undefined)
  const closing = await admit(limiter)
  await turn()
  limiter.close('server closing')
  t.match(await refused(() => closing.slot.commit()), { reason: 'server closing' })
})

t.test('nobody is let in any more once it is closed, not even who was about to be', async (t) => {
  const limiter = new SessionLimiter(10, Infinity)
  let finish = (): void => {}
  const pending = Promise.resolve(limiter.admit('192.0.2.1', () => new Promise<object>((resolve) => { finish = () => resolve({}) })))
  limiter.close('server draining')
  t.equal(await refusal(limiter), 'server draining')
  finish()
  t.match(await refused(() => pending), { reason: 'server draining', context: { sessions: 1 } })
  limiter.close('server closing')
  t.match(await refused(() => admit(limiter)), { reason: 'server closing', context: { sessions: 0 } })
})

// ---- addresses

/** Addresses that count as one, a line each. */
const NETWORKS: readonly (readonly string[])[] = [
  ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:192.0.2.1', '0:0:0:0:0:ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:C000:0201'],
  ['192.0.2.2', '::ffff:192.0.2.2', '::ffff:c000:202'],
  ['127.0.0.1'],
  ['2001:db8::', '2001:db8::1', '2001:0DB8:0:0::', '2001:db8:0:0:1:2:3:4', '2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8::192.0.2.1', '2001:db8::%eth0'],
  ['2001:db8:0:1::', '2001:db8:0:1:1::1', '2001:db8:0:0001:0:0:0:1'],
  ['2001:db8:1::', '2001:db8:1:0::1'],
  ['2001:db9::'],
  ['1:2:3:4::', '1:2:3:4:5::', '1:2:3:4:5:6:7::'],
  ['::', '::1', '::2:3', '0::'],
  ['1::2:3:4:5:6', '1:0:0:2::'],
  ['fe80::1', 'fe80::2%eth0'],
  ['unknown'],
  ['']
]

t.test('the addresses of one IPv6 network count as one, and IPv4 has one of its own however it is written', async (t) => {
  for (const [i, network] of NETWORKS.entries()) {
    for (const address of network) {
      const limiter = new SessionLimiter(100, 1)
      ;(await admit(limiter, address)).slot.commit()
      for (const [j, other] of NETWORKS.entries()) {
        for (const second of other) t.equal(await refusal(limiter, second), i === j ? 'too many sessions of address' : undefined, `${address} and ${second}`)
      }
    }
  }
})

t.test('all together come before each alone', async (t) => {
  const limiter = new SessionLimiter(1, 1)
  ;(await admit(limiter)).slot.commit()
  t.equal(await refusal(limiter), 'too many sessions')
})

t.test('after all that handshakes and sessions can do, no slot is lost, and none has been taken twice', async () => {
  const steps = fc.array(fc.record({
    what: fc.constantFrom('admit', 'finish', 'fail', 'keep', 'leave', 'turn'),
    who: fc.nat(30),
    address: fc.constantFrom('192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1')
  }), { maxLength: 60 })
  const networkOf = (address: string): string => address.endsWith('192.0.2.1') ? '4' : address.startsWith('2001:db8::') ? '6' : '6b'
  await fc.assert(fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), async (steps, max, perAddress) => {
    const limiter = new SessionLimiter(max, perAddress)
    /** What a handshake does, and the slot it has got. */
    interface Visitor { network: string, finish?: () => void, fail?: () => void, slot?: SessionSlot, state: 'pending' | 'admitted' | 'kept' | 'gone' }
    const visitors: Visitor[] = []
    const taken = (network?: string): number => visitors.filter((one) => one.state !== 'gone' && (network === undefined || one.network === network)).length
    const settle = async (): Promise<void> => { for (let i = 0; i < 10; i++) await Promise.resolve() }
    for (const { what, who, address } of steps) {
      const visitor = visitors[who % Math.max(visitors.length, 1)]
      if (what === 'admit') {
        const network = networkOf(address)
        const expected = taken() < max && taken(network) < perAddress
        const made: Visitor = { network, state: 'pending' }
        let refused = false
        const handshake = (): Promise<object> => new Promise((resolve, reject) => Object.assign(made, { finish: () => resolve({}), fail: () => reject(new Error('no')) }))
        const admitted = (async () => await limiter.admit(address, handshake))()
        admitted.then(({ slot }) => Object.assign(made, { slot, state: 'admitted' }), () => {
          made.state = 'gone'
          refused = true
        })
        await settle()
        if (refused === expected) return false
        if (!refused) visitors.push(made)
      } else if (what === 'turn') {
        await turn()
        for (const one of visitors) if (one.state === 'admitted') one.state = 'gone'
      } else if (visitor?.state === 'pending') {
        if (what === 'finish') visitor.finish?.()
        if (what === 'fail') visitor.fail?.()
        await settle()
      } else if (visitor !== undefined && what === 'keep' && visitor.state === 'admitted') {
        visitor.slot?.commit()
        visitor.state = 'kept'
      } else if (visitor !== undefined && what === 'leave') {
        visitor.slot?.release()
        visitor.state = 'gone'
      }
    }
    for (const { fail, slot } of visitors) {
      fail?.()
      slot?.release()
    }
    await settle()
    await turn()
    for (let i = 0; i < max; i++) (await admit(limiter, `198.51.100.${i}`)).slot.commit() // each is there
    return await refusal(limiter) === 'too many sessions'
  }), { numRuns: 200 })
})
