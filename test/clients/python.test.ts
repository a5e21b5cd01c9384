// python-socketio, as Debian has it (python3-socketio, python3-aiohttp), which speaks Engine.IO 4. PYTHON names
// another interpreter. Where none has the packages this is skipped, visibly; with CI=true it fails instead.
import { execFile, spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { GREETING } from './scenario-answers.js'
import { buildApp, listen } from './scenario-app.js'
import { WAYS } from './later-suite.js'
import { TEXTS, unitsOf } from './every-suite.js'

const SCRIPT = fileURLToPath(new URL('python-client.py', import.meta.url))
const MISSING = 'no python3 with the packages socketio and aiohttp: set PYTHON'

const interpreter = [process.env['PYTHON'], 'python3', '/usr/bin/python3'].find((name) =>
  name !== undefined && spawnSync(name, ['-c', 'import socketio, aiohttp']).status === 0)
const skip = interpreter === undefined && process.env['CI'] !== 'true' ? MISSING : false

const BYTES = { bytes: Array.from({ length: 256 }, (_, i) => i) }
const VALUE = { text: 'é 😀', deep: [BYTES, { again: { bytes: [] }, n: 1 }] }
const BURST = Array.from({ length: 200 }, (_, i) => i % 20 ? i : { bytes: [i] })

for (const { name, transports } of WAYS) {
  t.test(`python-socketio over ${name}`, { skip }, async (t) => {
    if (interpreter === undefined) throw new Error(MISSING)
    const app = await buildApp()
    t.teardown(() => app.close())
    const url = await listen(app)
    const { stdout } = await promisify(execFile)(interpreter, [SCRIPT, url, JSON.stringify(transports), JSON.stringify(TEXTS)])
    const seen = JSON.parse(stdout)

    t.equal(seen.transport, transports.at(-1), 'connects by this transport')
    t.match(seen.whoami, { id: seen.sid, nsp: '/', transport: transports.at(-1) }, 'is known by its id')
    t.strictSame(seen.connected, ['/', '/chat'], 'is told of its namespaces')
    t.equal(seen.chat, '/chat', 'connects to a namespace')
    t.strictSame(seen.refused, { message: 'not you' }, 'is told why a namespace refuses it')
    t.equal(seen.greeting, GREETING, 'takes text that is not ASCII')
    t.strictSame(seen.echoes, TEXTS, 'gets its texts back')
    t.strictSame(seen.units, TEXTS.map(unitsOf), 'sends texts that arrive as they are')
    t.strictSame(seen.sum, [5, { of: [2, 3] }], 'gets acknowledgements')
    t.strictSame(seen.bytes, [VALUE, VALUE], 'exchanges bytes')
    t.strictSame(seen.asked, [VALUE, { bytes: [7] }], 'acknowledges with bytes')
    t.strictSame(seen.up, BURST, 'sends 200 events in order')
    t.strictSame(seen.down, BURST, 'gets 200 events in order')
  })
}
