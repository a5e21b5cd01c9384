// What a Server answers to the scenarios, whatever runtime it has.
import { plain } from './later-scenario.js'

/** The code units of a text: what arrived, said in a way that no encoding can damage. */
const unitsOf = (text) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))

/** What the server says first; made of one, two, three and four bytes of UTF-8. */
export const GREETING = 'a é 漢 \u2028 😀'

/** Calls back once the client holds something open: a goodbye that finds nothing open is dropped (docs/revision-1.md, "On the official Server"). */
function onceWritable (socket, then) {
  if (socket.conn.transport.writable) then()
  else if (socket.connected) setImmediate(onceWritable, socket, then)
}

function answer (socket) {
  const bursts = []
  socket.on('message', (data) => socket.send(data))
  socket.on('whoami', (ack) => {
    const { transport } = socket.conn
    ack({ id: socket.id, nsp: socket.nsp.name, transport: transport.name, query: socket.handshake.query })
  })
  socket.on('greeting', (ack) => ack(GREETING))
  socket.on('units', (text, ack) => ack(unitsOf(text)))
  socket.on('echo', (x, ack) => ack(x))
  socket.on('bytes', (x, ack) => ack(plain(x), x))
  socket.on('sum', (a, b, ack) => ack(a + b, { of: [a, b] }))
  socket.on('ask me', (x, ack) => { socket.emit('ask', x, (...args) => ack(args)) })
  socket.on('send me', (x, ack) => { socket.send(x, (...args) => ack(args)) })
  socket.on('up', (i) => bursts.push(i))
  socket.on('burst', (ack) => ack(bursts))
  socket.on('many', (count, binaryEvery = 0) => {
    for (let i = 0; i < count; i++) socket.emit('down', i % binaryEvery === 0 ? Buffer.of(i) : i)
  })
  socket.on('tell others', (x) => socket.broadcast.emit('news', x))
  socket.on('enter', (room, ack) => { Promise.resolve(socket.join(room)).then(() => ack(), ack) })
  socket.on('tell room', (room, x) => socket.to(room).emit('news', x))
  socket.on('drop me', () => socket.conn.close())
  socket.on('throw me out', () => onceWritable(socket, () => socket.disconnect(true)))
}

/** Adds the listeners and namespaces to a Server. */
export function answerScenario (io) {
  io.on('connection', answer)
  io.of('/chat').on('connection', answer)
  io.of('/refused').use((_socket, next) => next(new Error('not you')))
}
