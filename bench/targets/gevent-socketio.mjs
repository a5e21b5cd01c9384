// Peer: gevent-socketio, the server of revision 1 in Python. There only when GEVENT_SOCKETIO is a checkout of it and PYTHON (python3)
// has gevent.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const { GEVENT_SOCKETIO: checkout, PYTHON: python = 'python3' } = process.env

export default {
  name: 'gevent-socketio',
  dialects: { 'rev1-websocket': {}, 'rev1-xhr-polling': {}, 'rev1-xhr-polling-parked': {} },
  available: () => checkout !== undefined && fs.existsSync(checkout) && spawnSync(python, ['-c', 'import gevent']).status === 0,
  command: (port) => ({ cmd: python, args: [fileURLToPath(new URL('gevent-socketio.py', import.meta.url)), String(port)] })
}
