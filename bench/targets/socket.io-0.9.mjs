// Peer: the server of revision 1 itself, 0.9.19, on today's Node.
import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const PUSH = 'x'.repeat(128)

function load () {
  Object.assign(process, { EventEmitter }) // where Node kept it at that time
  return createRequire(import.meta.url)('socket.io-09')
}

function available () {
  try {
    load()
    return true
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return false
    throw error
  }
}

export default {
  name: 'socket.io 0.9',
  dialects: {
    'rev1-websocket': {},
    'rev1-xhr-polling': {},
    'rev1-xhr-polling-parked': {},
    'jsonp-polling': {},
    'jsonp-polling-parked': {},
    htmlfile: {}
  },
  available,
  serve (port) {
    const http = createServer((request, response) => response.end())
    const io = load().listen(http, { 'log level': 0, transports: ['websocket', 'htmlfile', 'xhr-polling', 'jsonp-polling'], 'flash policy port': -1 })
    io.sockets.on('connection', (socket) => {
      socket.on('message', (data) => data === 'bcast' ? io.sockets.send(PUSH) : socket.send(data))
    })
    return new Promise((resolve) => http.listen(port, '127.0.0.1', 4096, resolve))
  }
}
