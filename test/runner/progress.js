// The reporter of `npm test`. TAP with a line for each file, and how far the run is; all that a file says is shown when it fails, and of other
// files whatever is skipped. `.ci/run` reads the totals, which tap says last.
import { Transform } from 'node:stream'

const PLAN = /^1\.\.(\d+)/
const FILE = /^(not )?ok \d+ - (\S+)/
/** The line of a subtest has a time, that of an assertion has none; a subtest without assertions counts as one, as tap has it. */
const ASSERTION = /^ +(?:(?:not )?ok (?!.* # time=)|1\.\.0$)/
const SKIPPED = /^ +(?:not )?ok .* # (?:skip|todo)/i
/** Written in a line of its own before and after each file. */
const EMPTY = /^\s*$/

const toMinutes = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`

export default class Progress extends Transform {
  #since = performance.now()
  #rest = ''
  /** The lines of the file that is being reported. */
  #lines = []
  #files = 0
  #plan = '?'
  #assertions = 0
  #failed = []
  /** Within what tap says of a file that has failed. */
  #details = false

  constructor () {
    super({ decodeStrings: false, encoding: 'utf8' })
  }

  _transform (chunk, _encoding, done) {
    const lines = (this.#rest + String(chunk)).split('\n')
    this.#rest = lines.pop()
    for (const line of lines) this.#read(line)
    done()
  }

  _flush (done) {
    if (this.#rest !== '') this.#read(this.#rest)
    for (const line of this.#lines) this.#write(line)
    if (this.#failed.length > 0) this.#write(`# failed: ${this.#failed.join(' ')}`)
    done()
  }

  #write (line) { this.push(`${line}\n`) }

  #read (line) {
    if (line === '  ---') this.#details = true
    if (this.#details) {
      this.#write(line)
      if (line === '  ...') this.#details = false
      return
    }
    if (line.startsWith('    ') || line.startsWith('# Subtest: ')) {
      this.#lines.push(line)
      if (ASSERTION.test(line)) this.#assertions++
      return
    }
    const [, number] = PLAN.exec(line) ?? []
    if (number !== undefined) this.#plan = number
    const [ok, not, name] = FILE.exec(line) ?? []
    if (ok !== undefined) this.#close(not === undefined, name)
    if (!EMPTY.test(line)) this.#write(line)
    if (ok !== undefined) this.#write(`# ${this.#files} of ${this.#plan} files, ${this.#assertions} assertions, ${this.#failed.length} files failed, ${toMinutes(performance.now() - this.#since)}`)
  }

  #close (passed, name) {
    this.#files++
    if (!passed) this.#failed.push(name)
    for (const line of this.#lines) if (!passed || SKIPPED.test(line)) this.#write(line)
    this.#lines = []
  }
}
