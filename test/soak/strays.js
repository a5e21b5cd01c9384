// Clients that never become a session: half a request, a handshake without anything after it, a session that there is not.
import { connect } from 'node:net'
import { pick } from './random.js'

const upgradeOf = (url) => `GET ${url} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
const get = (url) => `GET ${url} HTTP/1.1\r\nHost: a\r\n\r\n`

const STRAYS = [
  'GET /packets/?EIO=4&transp',
  upgradeOf('/server/?EIO=4&transport=websocket'),
  upgradeOf('/raw/?EIO=3&transport=websocket&sid=none') + KEY,
  upgradeOf('/packets/1/websocket/none') + KEY,
  get('/packets/1/'),
  get('/server/1/'),
  get('/server/1/htmlfile/none'),
  get('/raw/?EIO=4&transport=polling&sid=none'),
  get('/raw/?EIO=5&transport=polling')
]

/** Says one of these, and goes: at once, after a while, or when the server has had enough of it. */
export function stray ({ port, random, patience }) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}).resume()
  socket.write(pick(random, STRAYS))
  setTimeout(() => socket.resetAndDestroy(), pick(random, [50, 1000, patience])).unref()
}
