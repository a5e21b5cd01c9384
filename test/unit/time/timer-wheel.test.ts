import t from 'tap'
import { TimerWheel } from '../../../src/time/timer-wheel.js'
import { Clock } from '../../kit/clock.js'

const RESOLUTION = 10

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

/** Lets time pass a millisecond at a time, and says after how many `done` was true; -1 if it never was. */
function passes (ms: number, done: () => boolean): number {
  for (let at = 1; at <= ms; at++) {
    clock.tick(1)
    if (done()) return at
  }
  return -1
}

t.test('a timer fires once, not before its time and at most a resolution and a tick after it', async (t) => {
  for (const ms of [1, 9, 10, 11, 25, 100, 999]) {
    for (let phase = 0; phase < RESOLUTION; phase++) {
      const wheel = new TimerWheel(RESOLUTION)
      wheel.timer(() => {}).start(1_000_000) // keeps the ticks coming
      clock.tick(phase)
      let fired = 0
      wheel.timer(() => fired++).start(ms)
      const after = passes(ms + 3 * RESOLUTION, () => fired > 0)
      if (after < ms || after > ms + 2 * RESOLUTION) t.fail(`${ms} ms at phase ${phase} took ${after} ms`)
      clock.tick(2 * ms + 50)
      if (fired !== 1) t.fail(`${ms} ms at phase ${phase} fired ${fired} times`)
    }
    t.pass(`${ms} ms, whatever the phase`)
  }
})

t.test('a timer that is started while the process lags behind is not early by the lag', async (t) => {
  const wheel = new TimerWheel(RESOLUTION)
  wheel.timer(() => {}).start(1_000_000)
  clock.tick(100)
  clock.stall(200) // within what the wheel makes up for
  let fired = 0
  wheel.timer(() => fired++).start(300)
  t.equal(passes(400, () => fired > 0) >= 300, true)
})

t.test('a timer at rest never fires', async (t) => {
  let fired = 0
  const wheel = new TimerWheel(RESOLUTION)
  wheel.timer(() => fired++)
  clock.tick(1000)
  t.equal(fired, 0)
  t.equal(clock.intervals, 0)
})

t.test('a restart postpones', async (t) => {
  let fired = 0
  const timer = new TimerWheel(RESOLUTION).timer(() => fired++)
  timer.start(100)
  for (let round = 0; round < 20; round++) {
    clock.tick(60)
    timer.start(100)
  }
  t.equal(fired, 0)
  clock.tick(99)
  t.equal(fired, 0)
  clock.tick(21)
  t.equal(fired, 1)
})

t.test('a restart with a shorter time fires earlier, and only then', async (t) => {
  let fired = 0
  const timer = new TimerWheel(RESOLUTION).timer(() => fired++)
  timer.start(1000)
  timer.start(50)
  clock.tick(49)
  t.equal(fired, 0)
  clock.tick(21)
  t.equal(fired, 1)
  clock.tick(2000)
  t.equal(fired, 1)
})

t.test('a postponed timer can be brought forward again', async (t) => {
  let fired = 0
  const timer = new TimerWheel(RESOLUTION).timer(() => fired++)
  timer.start(50)
  timer.start(500)
  clock.tick(100)
  t.equal(fired, 0)
  timer.start(50)
  clock.tick(70)
  t.equal(fired, 1)
  clock.tick(1000)
  t.equal(fired, 1)
})

t.test('a stopped timer does not fire, and can be started again', async (t) => {
  let fired = 0
  const timer = new TimerWheel(RESOLUTION).timer(() => fired++)
  timer.start(50)
  clock.tick(30)
  timer.stop()
  timer.stop()
  clock.tick(1000)
  t.equal(fired, 0)
  timer.start(50)
  clock.tick(49)
  t.equal(fired, 0)
  clock.tick(21)
  t.equal(fired, 1)
})

t.test('a timer may start itself anew when it fires', async (t) => {
  let fired = 0
  const timer = new TimerWheel(RESOLUTION).timer(() => { if (++fired < 3) timer.start(100) })
  timer.start(100)
  clock.tick(299)
  t.equal(fired, 2)
  clock.tick(61)
  t.equal(fired, 3)
  clock.tick(1000)
  t.equal(fired, 3)
  t.equal(clock.intervals, 0)
})

t.test('any number of timers share one interval, which ends with the last of them', async (t) => {
  let fired = 0
  const wheel = new TimerWheel(RESOLUTION)
  t.equal(clock.intervals, 0, 'none before the first')
  const timers = Array.from({ length: 1000 }, () => wheel.timer(() => fired++))
  timers.forEach((timer, index) => timer.start(index + 1))
  t.equal(clock.intervals, 1)
  clock.tick(500)
  t.equal(clock.intervals, 1)
  clock.tick(520)
  t.equal(fired, 1000)
  t.equal(clock.intervals, 0)
})

t.test('the interval ends when the last timer is stopped, and comes back with the next', async (t) => {
  let fired = 0
  const wheel = new TimerWheel(RESOLUTION)
  const [one, two] = [wheel.timer(() => fired++), wheel.timer(() => fired++)]
  one.start(100)
  two.start(200)
  one.stop()
  t.equal(clock.intervals, 1)
  two.stop()
  t.equal(clock.intervals, 0)
  two.start(50)
  t.equal(clock.intervals, 1)
  clock.tick(70)
  t.equal(fired, 1)
  t.equal(clock.intervals, 0)
})

t.test('a timer that another stops as it fires in the same tick does not fire', async (t) => {
  const fired: string[] = []
  const wheel = new TimerWheel(RESOLUTION)
  const first = wheel.timer(() => { fired.push('first'); second.stop() })
  const second = wheel.timer(() => fired.push('second'))
  const third = wheel.timer(() => fired.push('third'))
  for (const timer of [first, second, third]) timer.start(50)
  clock.tick(500)
  t.strictSame(fired, ['first', 'third'])
  t.equal(clock.intervals, 0)
})

const RESTARTS: Record<string, (timer: { start (ms: number): void, stop (): void }) => void> = {
  restarts (timer) {
    timer.stop()
    timer.start(100)
  },
  postpones: (timer) => timer.start(100)
}

for (const [does, restart] of Object.entries(RESTARTS)) {
  t.test(`a timer that another ${does} in the same tick fires at its new time`, async (t) => {
    const fired: string[] = []
    const wheel = new TimerWheel(RESOLUTION)
    const first = wheel.timer(() => { fired.push('first'); restart(second) })
    const second = wheel.timer(() => fired.push('second'))
    first.start(50)
    second.start(50)
    clock.tick(100)
    t.strictSame(fired, ['first'])
    clock.tick(80)
    t.strictSame(fired, ['first', 'second'])
  })
}
