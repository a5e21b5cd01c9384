// What a client says and hears by itself in each dialect, and how a message of the application stands in its packets. A session here is
// anything with `link`, `opened(sid)`, `connected()`, `hear(message)` and `told(packet)`.

/** What the paths of the server understand of Engine.IO's messages (server.js): Socket.IO packets, or anything. */
const GRAMMARS = {
  socketio: {
    wrap: (message) => typeof message === 'string'
      ? [`42${JSON.stringify(['message', message])}`]
      : ['451-["binary",{"_placeholder":true,"num":0}]', message],
    unwrap: (packet) => {
      if (typeof packet !== 'string') return packet
      if (packet.startsWith('42["message",')) return JSON.parse(packet.slice(2))[1]
      return undefined // the head of a binary event, which is worth nothing without what follows
    }
  },
  raw: { wrap: (message) => [typeof message === 'string' ? `4${message}` : message], unwrap: (packet) => typeof packet === 'string' ? packet.slice(1) : packet }
}

const revision1 = {
  binary: false,
  goodbye: '0::',
  wrap: (message) => [`3:::${message}`],
  receive (session, packet) {
    if (packet.startsWith('3:::')) session.hear(packet.slice(4))
    else if (packet === '1::') session.connected()
    else if (packet === '2::') session.link.send('2::')
    else if (packet !== '8::') session.told(packet)
  }
}

function engine (version, grammarName) {
  const grammar = GRAMMARS[grammarName]
  const raw = grammarName === 'raw'
  function opened (session, packet) {
    const { sid, pingInterval } = JSON.parse(packet.slice(1))
    session.opened(sid)
    if (version === 3) session.every(pingInterval, () => session.link.send('2'))
    if (raw) session.connected()
    else if (version === 4) session.link.send('40')
  }
  return {
    binary: true,
    goodbye: '1',
    wrap: grammar.wrap,
    receive (session, packet) {
      if (typeof packet !== 'string') return session.hear(packet)
      if (packet.startsWith('0{')) return opened(session, packet)
      if (packet === '2' && version === 4) return session.link.send('3')
      if ((packet === '3' && version === 3) || packet === '6') return undefined
      if (packet[0] !== '4') return session.told(packet)
      if (!raw && packet.startsWith('40')) return session.connected()
      if (!raw && packet === '41') return session.told(packet)
      const message = grammar.unwrap(packet)
      if (message !== undefined) session.hear(message)
    }
  }
}

/** @param face the path of the server that is spoken to */
export function dialectOf (name, face) {
  if (name === 'revision 1') return revision1
  return engine(name === 'engine 3' ? 3 : 4, face === 'raw' ? 'raw' : 'socketio')
}
