// Floor for polling: node:http with the least session that can wait for a message.
import { createServer } from 'node:http'

function answer (response, body) {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=UTF-8', 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

function poll (session, response) {
  if (session.queue.length > 0) return answer(response, session.queue.shift())
  session.waiting = response
  response.on('close', () => { if (session.waiting === response) session.waiting = null })
}

function receive (session, request, response) {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (data) => { body += data })
  request.on('end', () => {
    const { waiting } = session
    session.waiting = null
    if (waiting === null) session.queue.push(body)
    else answer(waiting, body)
    answer(response, 'ok')
  })
}

/** @param options of the server of node:http */
export function listen (port, options = {}) {
  const sessions = new Map()
  const http = createServer(options, (request, response) => {
    const { method, url } = request
    if (method === 'POST') receive(sessions.get(url), request, response)
    else if (!url.endsWith('?open')) poll(sessions.get(url), response)
    else {
      sessions.set(url.slice(0, -5), { waiting: null, queue: [] })
      answer(response, 'hi')
    }
  })
  return new Promise((resolve) => http.listen(port, '127.0.0.1', 4096, resolve))
}

export default {
  name: 'node:http',
  floor: 'polling',
  dialects: { 'http-raw': {}, 'http-raw-parked': {} },
  serve: (port) => listen(port)
}
