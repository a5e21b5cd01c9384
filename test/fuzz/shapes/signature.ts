// Whether two faults are the same one: by what was thrown, and by the functions that it came through.
import type { Fault } from './nodes.js'

/** Different functions of a stack that count. */
const FUNCTIONS = 3

/** Names a fault without what differs from input to input. */
export function signatureOf ({ kind, text }: Fault): string {
  if (kind === 'stall' || kind === 'unusable') return 'stands still'
  if (kind === 'memory' || kind === 'exit') return kind
  const [message = '', ...frames] = text.split('\n')
  const functions = new Set(frames.filter((line) => line.trimStart().startsWith('at ')).map((line) => line.trim().replace(/:\d+:\d+\)?$/, '').replace(/\(.*\//, '(')))
  const what = message.slice(0, 200).replace(/(["'`]).*\1/g, '…').replace(/\d+/g, 'N')
  return `${kind}: ${what} ${[...functions].slice(0, FUNCTIONS).join(' < ')}`
}
