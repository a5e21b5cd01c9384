// A proxy that sends each request to the next node, whatever session it has: the opposite of sticky sessions.
import { createServer, request as ask } from 'node:http'

/** How long a node may take to accept a connection, ms. The system alone would try for minutes at a node that stands still. */
const CONNECT_TIMEOUT = 3000

/** The head of an answer to an upgrade. @param {import('node:http').IncomingMessage} answer */
function headOf ({ statusCode, statusMessage, rawHeaders }) {
  const lines = rawHeaders.flatMap((name, i) => i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : [])
  return [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines, '', ''].join('\r\n')
}

/** @param {import('node:stream').Duplex} one @param {import('node:stream').Duplex} other */
function join (one, other) {
  for (const [from, to] of /** @type {const} */ ([[one, other], [other, one]])) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    from.pipe(to)
  }
}

/**
 * @param {(request: import('node:http').IncomingMessage, answer: import('node:events').EventEmitter) => number} next returns the port of the node that gets a
 * request; `answer` emits 'close' when it is over
 * @returns {import('node:http').Server}
 */
export function createProxy (next) {
  /** @param {import('node:http').IncomingMessage} request @param {import('node:events').EventEmitter} answer */
  const onward = (request, answer) => {
    const { method, url, rawHeaders } = request
    const there = ask({ host: '127.0.0.1', port: next(request, answer), method, path: url, headers: rawHeaders, setHost: false, agent: false })
    return there.once('socket', (socket) => {
      const timer = setTimeout(() => there.destroy(new Error('the node does not accept connections')), CONNECT_TIMEOUT)
      for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer))
    })
  }

  const server = createServer((request, response) => {
    const there = onward(request, response)
    there.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders)
      response.flushHeaders() // a stream of 0.9 sends nothing for a while
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    there.on('error', () => response.headersSent ? response.destroy() : response.writeHead(502).end())
    response.on('close', () => there.destroy())
    request.pipe(there)
  })

  server.on('upgrade', (request, client, head) => {
    const there = onward(request, client)
    client.on('error', () => there.destroy())
    there.on('upgrade', (answer, socket, rest) => {
      client.write(headOf(answer))
      client.write(rest)
      join(client, socket)
    })
    there.on('response', (answer) => {
      client.write(headOf(answer))
      answer.pipe(client)
    })
    there.on('error', () => client.destroy())
    there.end(head)
  })
  return server
}
