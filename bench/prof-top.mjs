// node bench/prof-top.mjs FILE.cpuprofile [N]: where a server's time went, by module and by function. Self time, as a share of the time in which
// it was not idle.
import fs from 'node:fs'

/** The beginning is left out: there it starts, compiles and warms up. */
const SKIPPED = 0.4
const MODULES = 14

const [, , file, most = 25] = process.argv
if (file === undefined) {
  console.error('node bench/prof-top.mjs FILE.cpuprofile [N]')
  process.exit(2)
}

/** A script's address, short: from its package on, or its last two names. */
function shorten (url) {
  if (url === '' || url.startsWith('node:')) return url
  const inPackage = url.lastIndexOf('node_modules/')
  return inPackage >= 0 ? url.slice(inPackage + 'node_modules/'.length) : url.split('/').slice(-2).join('/')
}

function moduleOf ({ functionName, url }) {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)'
  if (url.startsWith('node:')) return url
  const short = shorten(url)
  return short.split('/').slice(0, short.startsWith('@') ? 2 : 1).join('/')
}

const nameOf = ({ functionName, url, lineNumber }) => `${functionName || '(anonymous)'} ${shorten(url)}:${lineNumber + 1}`

function * busySamples ({ nodes, samples, timeDeltas, startTime, endTime }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const from = startTime + (endTime - startTime) * SKIPPED
  let time = startTime
  for (const [i, id] of samples.entries()) {
    time += timeDeltas[i]
    const frame = frames.get(id)
    if (time >= from && frame.functionName !== '(idle)' && frame.functionName !== '(root)') yield [frame, timeDeltas[i]]
  }
}

const busy = [...busySamples(JSON.parse(fs.readFileSync(file, 'utf8')))]
const total = busy.reduce((sum, [, time]) => sum + time, 0)

function print (title, keyOf, count) {
  const times = new Map()
  for (const [frame, time] of busy) times.set(keyOf(frame), (times.get(keyOf(frame)) ?? 0) + time)
  console.log(title)
  for (const [key, time] of [...times].sort(([, a], [, b]) => b - a).slice(0, count)) {
    console.log(`${(time / total * 100).toFixed(1).padStart(6)} %  ${key}`)
  }
}

print('By module', moduleOf, MODULES)
print('By function', nameOf, Number(most))
