// What `response.end(body)` of node:http hands to the socket: node bench/upstream/http-end.mjs
// See docs/performance.md, "For Node and ws".
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'

const { _writev: writev, _write: write } = net.Socket.prototype
const chunks = []
net.Socket.prototype._writev = function (list, callback) {
  if (this.server === server) chunks.push(...list.map(({ chunk }) => chunk.length))
  return writev.call(this, list, callback)
}
net.Socket.prototype._write = function (chunk, ...rest) {
  if (this.server === server) chunks.push(chunk.length)
  return write.call(this, chunk, ...rest)
}

const BODIES = { text: 'hello', bytes: Buffer.from('hello') }

const server = http.createServer(({ url }, response) => {
  const body = BODIES[url.slice(1)]
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
for (const kind of Object.keys(BODIES)) {
  await (await fetch(`http://127.0.0.1:${server.address().port}/${kind}`)).text()
  console.log(`Node ${process.versions.node}, end(${kind}): ${chunks.length} chunks, of ${chunks.join(' and ')}`)
  chunks.length = 0
}
server.closeAllConnections()
server.close()
