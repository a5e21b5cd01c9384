// A source of members, started, on a clock of the test.
import type { Test } from 'tap'
import type { Member, Members } from '../../../../src/cluster/members/types.js'
import type { LinkAddress } from '../../../../src/cluster/link/types.js'
import { newLog } from '../../../kit/fakes/revision-1-session.js'
import { FakeClock } from '../fake-clock.js'

export const ADDRESS: LinkAddress = { host: '10.0.0.1', port: 7070 }

export function startMembers (t: Pick<Test, 'teardown'>, members: Members, { clock = new FakeClock(), tag = 'node-one', address = ADDRESS } = {}) {
  const { log, lines } = newLog()
  const seen: (readonly Member[])[] = []
  const self = { state: 'serving' as 'serving' | 'draining', sessions: 0 }
  const started = members.start({
    self: { tag, address, state: () => self.state, sessions: () => self.sessions },
    clock,
    log,
    onMembers: (named) => { seen.push(named) }
  })
  t.teardown(() => members.stop())
  return {
    clock,
    self,
    seen,
    started,
    /** What the source has said last. */
    last: () => seen.at(-1),
    /** The messages of the log. */
    logged: () => lines.map(({ msg }) => String(msg))
  }
}
