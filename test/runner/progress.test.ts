// What `npm test` shows: a line for each file and how far the run is, all of what has failed, and what `.ci/run` reads.
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import Progress from './progress.js'

const shown = (tap: string): Promise<string> => text(Readable.from(tap.match(/.{1,7}/gs) ?? []).pipe(new Progress()))
const withoutTime = (output: string): string => output.replaceAll(/, \d+:\d\d$/gm, '')

const PASSED = `# Subtest: test/a.test.ts
    # Subtest: a
        ok 1 - one
        ok 2 - two # SKIP no browser
        1..2
    ok 1 - a # time=1ms

    # Subtest: empty
        1..0
    ok 2 - empty # time=1ms

    1..2
ok 1 - test/a.test.ts # time=2ms

`
const FAILED = `# Subtest: test/b.test.ts
    ok 1 - three
    not ok 2 - four
      ---
      at: here
      ...

    1..2
not ok 2 - test/b.test.ts # time=3ms
  ---
  args:
    - a
  exitCode: 1
  ...

`

t.test('of a file that passes, only its own line and what is skipped is shown; a file that fails is shown whole', async (t) => {
  const output = await shown(`TAP version 14\n1..2\n${PASSED}${FAILED}# { total: 5, pass: 4, fail: 1 }\n# time=9ms\n`)
  t.equal(withoutTime(output), `TAP version 14
1..2
        ok 2 - two # SKIP no browser
ok 1 - test/a.test.ts # time=2ms
# 1 of 2 files, 3 assertions, 0 files failed
# Subtest: test/b.test.ts
    ok 1 - three
    not ok 2 - four
      ---
      at: here
      ...
    1..2
not ok 2 - test/b.test.ts # time=3ms
# 2 of 2 files, 5 assertions, 1 files failed
  ---
  args:
    - a
  exitCode: 1
  ...
# { total: 5, pass: 4, fail: 1 }
# time=9ms
# failed: test/b.test.ts
`)
})

t.test('a run that breaks off shows the lines of the file that was running', async (t) => {
  t.match(await shown('TAP version 14\n1..2\n# Subtest: test/a.test.ts\n    ok 1 - one\nBail out! it is enough'), /^ {4}ok 1 - one$/m)
})
