// Flags of the programs here: a table of them gives the parser, the help and the checks.
import { parseArgs } from 'node:util'

/**
 * @typedef {object} Flag
 * @property {string} help
 * @property {string | number | boolean} [preset] Its type is the flag's; without one it is a text that may be missing.
 * @property {string} [value] What stands for the value in the help; absent: the flag takes none.
 * @property {readonly string[]} [of] A comma list of these.
 */

const isSwitch = ({ value }) => value === undefined

export function usage (intro, flags) {
  const names = Object.entries(flags).map(([name, { value }]) => `  --${name}${value === undefined ? '' : ` ${value}`}`)
  const width = Math.max(...names.map(({ length }) => length)) + 2
  const lines = Object.values(flags).map((flag, at) => `${names[at].padEnd(width)}${flag.help}${flag.preset === undefined || isSwitch(flag) ? '' : ` (${flag.preset})`}`)
  return [intro, ...lines].join('\n')
}

function check (name, { preset, of }, text) {
  if (typeof preset === 'number') {
    const value = Number(text)
    if (text.trim() === '' || !(value >= 0)) throw new Error(`--${name} ${text}: not a number`)
    return value
  }
  if (of === undefined) return text
  const list = text.split(',')
  const wrong = list.find((item) => !of.includes(item))
  if (wrong !== undefined) throw new Error(`--${name} ${wrong}: none of ${of.join(', ')}`)
  return list
}

/**
 * @param {Record<string, Flag>} flags
 * @returns values by name; lists as arrays. What was not given is what `presets` or the flag says.
 * @throws in a sentence, when a flag is wrong
 */
export function readFlags (args, flags, presets = () => ({})) {
  const options = Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { type: isSwitch(flag) ? 'boolean' : 'string' }]))
  const { values: given } = parseArgs({ args, options })
  const preset = { ...Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.preset])), ...presets(given) }
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => {
    const text = given[name] ?? preset[name]
    if (isSwitch(flag)) return [name, text ?? false]
    return [name, text === undefined ? undefined : check(name, flag, String(text))]
  }))
}

/** Runs a program: help when asked for, a sentence when a flag is wrong, and an exit code. */
export async function program ({ intro, flags, presets, main }) {
  const all = { ...flags, help: { help: 'this' } }
  let values
  try {
    values = readFlags(process.argv.slice(2), all, presets)
  } catch (error) {
    console.error(`${error.message}\nSee --help.`)
    process.exit(2)
  }
  if (values.help) console.log(usage(intro, all))
  else {
    try {
      process.exitCode = await main(values) ?? 0
    } catch (error) {
      console.error(error.message)
      process.exitCode = 1
    }
  }
}

/** How processes are started, for all of them. */
export const PROCESS_FLAGS = {
  'server-cpu': { value: 'N', preset: '0', help: 'CPU of the servers, or `none`' },
  'client-cpu': { value: 'N', preset: '1', help: 'CPU of the client, or `none`' },
  'node-args': { value: 'TEXT', preset: '', help: 'flags for the node of the servers' },
  timeout: { value: 'S', preset: 300, help: 'seconds that one sample may take' }
}

export const processSettings = (values) => ({
  serverCpu: values['server-cpu'],
  clientCpu: values['client-cpu'],
  nodeArgs: values['node-args'].split(' ').filter(Boolean),
  timeout: values.timeout * 1000
})
