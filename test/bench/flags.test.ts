// Flags of the benchmark's programs.
import t from 'tap'
import { readFlags, usage } from '../../bench/lib/flags.mjs'
import type { Flag } from '../../bench/lib/flags.mjs'

const FLAGS: Record<string, Flag> = {
  metrics: { value: 'LIST', of: ['echo', 'push'], preset: 'echo', help: 'what is measured' },
  rounds: { value: 'N', preset: 5, help: 'how often' },
  out: { value: 'FILE', help: 'where to' },
  quick: { help: 'short' }
}
const presets = ({ quick }: Record<string, unknown>) => quick === true ? { rounds: 1 } : {}

t.test('what is given, else what a preset says, else what the flag says', async (t) => {
  t.strictSame(readFlags([], FLAGS, presets), { metrics: ['echo'], rounds: 5, out: undefined, quick: false })
  t.strictSame(readFlags(['--quick', '--metrics', 'push,echo'], FLAGS, presets), { metrics: ['push', 'echo'], rounds: 1, out: undefined, quick: true })
  t.strictSame(readFlags(['--quick', '--rounds', '3', '--out', 'x'], FLAGS, presets), { metrics: ['echo'], rounds: 3, out: 'x', quick: true })
})

t.test('a wrong one is named', async (t) => {
  t.throws(() => readFlags(['--rounds', 'many'], FLAGS), { message: '--rounds many: not a number' })
  t.throws(() => readFlags(['--metrics', 'echo,nothing'], FLAGS), { message: '--metrics nothing: none of echo, push' })
  t.throws(() => readFlags(['--rapid'], FLAGS), /--rapid/)
  t.throws(() => readFlags(['word'], FLAGS), /word/)
})

t.test('the help has a line for each, with what it is without it', async (t) => {
  t.equal(usage('bench [flags]', FLAGS), [
    'bench [flags]',
    '  --metrics LIST  what is measured (echo)',
    '  --rounds N      how often (5)',
    '  --out FILE      where to',
    '  --quick         short'
  ].join('\n'))
})
