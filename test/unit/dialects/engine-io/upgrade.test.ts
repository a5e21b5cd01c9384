// One attempt after the other, without HTTP; the same over real requests is test/http/engine-io/upgrades.test.ts.
import fc from 'fast-check'
import t from 'tap'
import type { Frame } from '../../../../src/codec/packet.js'
import { Clock } from '../../../kit/clock.js'
import type { FakePoll } from '../../../kit/fakes/engine-io-session.js'
import { TIMES, upgradingSession, VERSIONS } from '../../../kit/fakes/engine-io-session.js'
import { RESOLUTION } from '../../../kit/fakes/revision-1-session.js'

const LATE = 2 * RESOLUTION
/** A poll waits no longer while the client is about to leave; ms. */
const UPGRADE_POLL = 100
/** How long an answer that nobody reads is waited for when the session has moved on; ms. */
const GRACE = 1000

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

/** The steps of an attempt, each with what the client sends to get there. */
const STEPS: { name: string, sends: Frame[] }[] = [
  { name: 'before the probe', sends: [] },
  { name: 'after the probe', sends: ['2probe'] },
  { name: 'after a second probe', sends: ['2probe', '2probe'] }
]

for (const version of VERSIONS) {
  t.test(`engine ${version}`, async (t) => {
    t.test('the probe is answered on the WebSocket, and the poll that is open with nothing', async (t) => {
      const { upgrade, candidate, poll, body, socket } = upgradingSession({ version })
      const open = poll()
      t.strictSame(open.answers, [], 'the WebSocket alone disturbs no poll')
      upgrade.onFrame('2probe')
      t.strictSame(candidate.take(), [['3probe']])
      t.strictSame(open.answers, [body('6')])
      t.equal(socket.transport.name, 'polling', 'it is not the session\'s yet')
    })

    t.test('until the client says 5, what is sent goes to its polls, and what it posts is heard', async (t) => {
      const { upgrade, candidate, read, session, socket, heard, body } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      candidate.take()
      socket.write('one')
      t.equal(read(), body('4one'))
      session.onFrame('4up')
      t.strictSame(heard, ['up'])
      t.strictSame(candidate.take(), [])
    })

    t.test('a poll that comes after the probe is held a moment, then answered with nothing', async (t) => {
      const { upgrade, polling, poll, body } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      for (let round = 0; round < 3; round++) {
        const open = poll()
        clock.tick(UPGRADE_POLL - RESOLUTION)
        t.strictSame(open.answers, [])
        clock.tick(RESOLUTION + LATE)
        t.strictSame(open.answers, [body('6')])
        polling.responseEnded(open, true)
        upgrade.onFrame('2probe') // and no attempt lasts longer for it
        if (round === 1) break
      }
    })

    t.test('with 5 the session moves: an open poll ends, what waited goes first, and the WebSocket is heard', async (t) => {
      const { upgrade, candidate, poll, polling, body, socket, heard } = upgradingSession({ version })
      const moved: unknown[] = []
      socket.on('upgrade', (transport) => moved.push(transport))
      upgrade.onFrame('2probe')
      candidate.take()
      socket.write('one')
      socket.write('two')
      upgrade.onFrame('5')
      t.equal(socket.transport, candidate)
      t.strictSame(moved, [candidate])
      t.strictSame(candidate.take(), [['4one', '4two']])
      socket.write('three')
      t.strictSame(candidate.take(), [['4three']])
      candidate.listener?.onFrame('4up')
      t.strictSame(heard, ['up'])
      const late = poll()
      t.strictSame(late.answers, [body('6')], 'a poll that comes too late is not held')
      polling.responseEnded(late, false)
      t.equal(socket.readyState, 'open', 'and may break')
    })

    t.test('a poll that is held when 5 comes is answered with nothing', async (t) => {
      const { upgrade, candidate, poll, body, socket } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      const open = poll()
      upgrade.onFrame('5')
      t.strictSame(open.answers, [body('6')])
      socket.write('one')
      t.strictSame(candidate.take().flat(), ['3probe', '4one'])
    })

    t.test('a WebSocket that probes and takes no answer is closed, and the session stays on polls', async (t) => {
      const { upgrade, candidate, socket } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      candidate.writable = false
      upgrade.onFrame('2probe')
      t.strictSame(candidate.take(), [['3probe']])
      t.strictSame(candidate.ends, ['silently'])
      t.equal(socket.transport.name, 'polling')
    })

    t.test('5 does without a probe', async (t) => {
      const { upgrade, candidate, socket } = upgradingSession({ version })
      upgrade.onFrame('5')
      t.equal(socket.transport, candidate)
    })

    t.test('what an \'upgrade\' listener sends comes after what waited', async (t) => {
      const { upgrade, candidate, socket } = upgradingSession({ version })
      socket.on('upgrade', () => socket.write('of the listener'))
      socket.write('before')
      upgrade.onFrame('5')
      t.strictSame(candidate.take().flat(), ['4before', '4of the listener'])
    })

    t.test('an \'upgrade\' listener that throws stops nothing', async (t) => {
      const { upgrade, candidate, socket } = upgradingSession({ version })
      socket.on('upgrade', () => { throw new Error('of a listener') })
      socket.write('one')
      upgrade.onFrame('5')
      t.strictSame(candidate.take(), [['4one']])
    })

    t.test('an answer that is still under way when 5 comes goes before everything else', async (t) => {
      const { upgrade, candidate, poll, polling, body, socket } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      candidate.take()
      const answer = poll()
      socket.write('one')
      t.strictSame(answer.answers, [body('4one')])
      upgrade.onFrame('5')
      socket.write('two')
      t.strictSame(candidate.take(), [], 'nothing overtakes it')
      t.equal(socket.bufferedAmount, '4one4two'.length, 'what the answer holds, and what waits behind it')
      polling.responseEnded(answer, true)
      t.strictSame(candidate.take(), [['4two']])
      t.equal(socket.bufferedAmount, 0)
      polling.responseEnded(answer, false)
      t.strictSame(candidate.take(), [], 'Node tells of the end twice')
    })

    t.test('an answer that breaks after 5 is said on the WebSocket, before everything else', async (t) => {
      const { upgrade, candidate, poll, polling, socket } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      candidate.take()
      const answer = poll()
      socket.write('one')
      upgrade.onFrame('5')
      socket.write('two')
      polling.responseEnded(answer, false)
      t.strictSame(candidate.take(), [['4one', '4two']])
      t.equal(socket.readyState, 'open')
    })

    t.test('an answer that nobody reads any more is broken off a moment after 5', async (t) => {
      const { upgrade, poll, socket } = upgradingSession({ version })
      const answer = poll()
      socket.write('one')
      upgrade.onFrame('5')
      clock.tick(GRACE - 1)
      t.equal(answer.broken, 0)
      clock.tick(1 + LATE)
      t.equal(answer.broken, 1)
    })

    for (const { name, sends } of STEPS) {
      t.test(`a client that stalls ${name} is given upgradeTimeout, and its session stays on polls`, async (t) => {
        const { upgrade, candidate, socket, poll, read, body, attempt } = upgradingSession({ version })
        for (const frame of sends) upgrade.onFrame(frame)
        clock.tick(TIMES.upgradeTimeout - 1)
        t.strictSame(candidate.ends, [])
        clock.tick(1 + LATE)
        t.strictSame(candidate.ends, ['silently'])
        upgrade.onFrame('5')
        t.equal(socket.transport.name, 'polling', 'it is too late then')
        const open = poll()
        clock.tick(UPGRADE_POLL + LATE)
        t.strictSame(open.answers, [], 'polls wait again as long as it takes')
        socket.write('one')
        t.strictSame(open.answers, [body('4one')])
        attempt().upgrade.onFrame('5')
        t.equal(socket.transport.name, 'websocket', 'another attempt may succeed')
        t.equal(read(), body('6'))
      })

      t.test(`a WebSocket that breaks ${name} leaves the session on polls`, async (t) => {
        const { upgrade, candidate, session, socket, poll, body, attempt, closes } = upgradingSession({ version })
        for (const frame of sends) upgrade.onFrame(frame)
        socket.write('one')
        upgrade.onClose()
        t.strictSame(candidate.take().flat(), sends.map(() => '3probe'))
        t.equal(session.upgrade, undefined)
        t.strictSame(poll().answers, [body('4one')])
        t.strictSame(closes, [])
        attempt().upgrade.onFrame('5')
        t.equal(socket.transport.name, 'websocket')
      })

      for (const wrong of ['4hello', '', '2', '3probe', '1', '6', '2probe!', '5now', 'x', Buffer.from('2probe')]) {
        const shown = typeof wrong === 'string' ? JSON.stringify(wrong) : 'binary'
        t.test(`a WebSocket that says ${shown} ${name} is closed, and the session stays on polls`, async (t) => {
          const { upgrade, candidate, session, socket, heard, closes } = upgradingSession({ version })
          for (const frame of sends) upgrade.onFrame(frame)
          upgrade.onFrame(wrong)
          upgrade.onFrame('5')
          t.strictSame(candidate.ends, ['silently'])
          t.equal(session.upgrade, undefined)
          t.equal(socket.transport.name, 'polling')
          t.strictSame([heard, closes], [[], []])
        })
      }

      t.test(`a session that ends ${name} closes the WebSocket, and no time runs on`, async (t) => {
        for (const end of [
          ({ session }: ReturnType<typeof upgradingSession>) => { session.end('server closing') },
          ({ session }: ReturnType<typeof upgradingSession>) => { session.onFrame('1') },
          ({ polling, poll }: ReturnType<typeof upgradingSession>) => { polling.responseEnded(poll(), false) }
        ]) {
          const session = upgradingSession({ version })
          for (const frame of sends) session.upgrade.onFrame(frame)
          end(session)
          t.strictSame(session.candidate.ends, ['silently'])
          t.equal(session.closes.length, 1)
          session.upgrade.onFrame('5')
          session.upgrade.onFrame('2probe')
          t.equal(session.socket.transport.name, 'polling')
          t.strictSame(session.candidate.take().flat(), sends.map(() => '3probe'), 'nothing more is said on it')
          t.equal(clock.intervals, 0)
        }
      })
    }

    t.test('once it has succeeded, the attempt is out of the way', async (t) => {
      const { upgrade, candidate, socket, heard } = upgradingSession({ version })
      upgrade.onFrame('5')
      clock.tick(TIMES.upgradeTimeout + LATE)
      upgrade.onClose()
      upgrade.onFrame('4not from here')
      upgrade.abandon()
      t.strictSame(candidate.ends, [])
      t.strictSame(heard, [])
      t.equal(socket.readyState, 'open')
    })

    // Whatever happens in whichever order: the client reads what was written, once and in order. It keeps to the rules (one poll at a time,
    // and none after 5); the application and the network do as they like.
    t.test('nothing is lost, doubled or overtaken, in whatever order things happen', async () => {
      const acts = fc.constantFrom('write', 'burst', 'poll', 'settle', 'probe', 'stop polling', '5', 'break', 'fail', 'retry', 'full', 'drained', 'tick')
      fc.assert(fc.property(fc.array(acts, { minLength: 5, maxLength: 60 }), (script) => {
        const { session, socket, polling, poll, attempt, upgrade: firstUpgrade, candidate: firstCandidate, closes } = upgradingSession({ version })
        let current = { upgrade: firstUpgrade, candidate: firstCandidate }
        const got: string[] = []
        let written = 0
        let open: FakePoll | undefined
        let polls = true
        let moved = false
        const write = (): void => { socket.write(`<${written++}>`) }
        const numbersIn = (text: string): string[] => text.match(/<\d+>/g) ?? []
        const settle = (whole: boolean): void => {
          if (open === undefined || open.answers.length === 0) return
          if (whole) got.push(...numbersIn(open.answers.join('')))
          const settled = open
          open = undefined
          polling.responseEnded(settled, whole)
        }
        const acting: Record<string, () => void> = {
          write,
          burst: () => { for (let i = 0; i < 5; i++) write() },
          poll: () => { if (polls && open === undefined) open = poll() },
          settle: () => settle(true),
          break: () => { if (moved) settle(false) }, // before, it would end the session
          probe: () => { if (!moved) current.upgrade.onFrame('2probe') },
          'stop polling': () => { polls = false },
          5: () => {
            if (moved || session.upgrade === undefined) return
            current.upgrade.onFrame('5')
            polls = false
            moved = true
          },
          fail: () => { if (!moved) current.upgrade.onClose() },
          retry: () => {
            polls = !moved
            if (session.upgrade === undefined && !moved) current = attempt()
          },
          full: () => { if (moved) current.candidate.writable = false },
          drained: () => {
            if (!moved || current.candidate.writable) return
            current.candidate.writable = true
            session.onWritable()
          },
          tick: () => clock.tick(20)
        }
        const readWebSocket = (): void => { if (moved) got.push(...numbersIn(current.candidate.take().flat().join(''))) }
        for (const act of script) {
          acting[act]?.()
          readWebSocket() // at once, so that what overtakes shows
        }
        // Then everything comes to rest.
        settle(true)
        if (!moved) {
          polls = true
          for (let i = 0; i < 3; i++) {
            acting['poll']?.()
            settle(true)
          }
        } else {
          acting['drained']?.()
        }
        readWebSocket()
        const expected = Array.from({ length: written }, (_, i) => `<${i}>`)
        return closes.length === 0 && JSON.stringify(got) === JSON.stringify(expected)
      }), { numRuns: 1000 })
    })
  })
}
