// Somebody who speaks no protocol, or not for long: bytes that nearly are requests, bodies that stop, frames that are none.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket as TcpSocket } from 'node:net'
import { maskedFrame } from '../../kit/raw/frames.js'
import { mutate, TOKENS } from '../mutate.js'
import { Actor } from './actor.js'
import type { Step } from './actor.js'
import { Broken } from './conversation.js'

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
const QUERIES = ['EIO=4&transport=polling', 'EIO=3&transport=polling&b64=1', 'EIO=4&transport=websocket', 'EIO=2&transport=polling&j=0', 'transport=polling', 'EIO=4', 'EIO=4&EIO=3&transport=polling', 't=1', 'jsonp=1', 'EIO=4&transport=polling&j=x', 'EIO=4&transport=polling&auth=no', 'EIO=4&transport=websocket&auth=late', 'EIO=3&transport=polling&auth=never', 'EIO=4&transport=polling&auth=fails', 'EIO=4&transport=polling&sid=%00']
const PATHS = ['/socket.io/', '/socket.io', '/socket.io/1/', '/socket.io/1', '/socket.io/1/xhr-polling/', '/socket.io/1/websocket/SID', '/socket.io/1/jsonp-polling/SID', '/socket.io/1/htmlfile/SID', '/socket.io/1/xhr-multipart/SID', '/socket.io/1//SID', '/socket.io/socket.io.js', '/socket.io/static/x', '/socket%2eio/', '/socket.io/../x', '/%', '/socket.io/%00']
const KINDS: readonly ((url: string) => string)[] = [
  (url) => `GET ${url} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  (url) => `POST ${url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n3:::x`,
  (url) => `GET ${url} HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}\r\n`
]
const HEADERS = ['Origin: http://app.example\r\n', 'Origin: null\r\n', 'Referer: http://\xe2\x82\xac/\r\n', 'Referer: http://localhost/page\r\n', 'Expect: 100-continue\r\n', 'Transfer-Encoding: chunked\r\n', 'Content-Type: ,\r\n', 'Content-Type: application/octet-stream\r\n', 'Content-Length: 100\r\n', 'Connection: close\r\n', 'Sec-WebSocket-Extensions: constructor\r\n', 'Sec-WebSocket-Protocol: a,b\r\n', 'Cookie: io=x\r\n', 'Access-Control-Request-Method: POST\r\n']

export class Stranger extends Actor {
  readonly #sockets = new Set<TcpSocket>()
  /** A session of its own, which it treats as it likes. */
  #sid = 'none'

  steps (): readonly Step[] {
    return [
      { name: 'rest', weight: 1, run: () => this.rest() },
      { name: 'request', weight: 6, run: () => this.#request() },
      { name: 'body that stops', weight: 1, run: () => this.#unfinished() },
      { name: 'frames', weight: 3, run: () => this.#frames() },
      { name: 'session', weight: 2, run: () => this.#session() },
      { name: 'break', weight: 2, run: () => this.#break() }
    ]
  }

  async #connect (): Promise<TcpSocket> {
    if (this.#sockets.size >= 8) this.#break()
    const socket = connect(this.world.port, '127.0.0.1')
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
    await this.settled('a connection', once(socket, 'connect'))
    return socket
  }

  #write (socket: TcpSocket, bytes: string | Buffer): void {
    socket.write(bytes, 'latin1')
    this.world.written(socket.localPort ?? 0, bytes)
  }

  #break (): void {
    const [socket] = this.#sockets
    if (socket === undefined) return
    if (this.random.oneIn(2)) socket.resetAndDestroy()
    else socket.destroy()
  }

  #text (): string {
    const { random } = this
    const text = random.pick(KINDS)(`${random.oneIn(2) ? '/socket.io/' : random.pick(PATHS)}?${random.pick(QUERIES)}`)
    const sent = random.oneIn(3) ? text : mutate({ inputs: [text], tokens: [...TOKENS, ...HEADERS, ...QUERIES] }, random)
    return sent.replaceAll('SID', this.#sid)
  }

  async #request (): Promise<void> {
    const socket = await this.#connect()
    const text = this.#text()
    const answer = once(socket, 'data')
    answer.catch(() => {})
    this.#write(socket, text)
    if (this.random.oneIn(3)) socket.end()
    if (this.random.oneIn(3)) return
    const [data] = await Promise.race([answer.catch(() => []), this.rest()]) ?? []
    if (data !== undefined && !String(data).startsWith('HTTP/1.1 ')) throw new Broken(`${JSON.stringify(text)} is answered with ${String(data)}`)
    if (this.random.oneIn(2)) socket.destroy()
  }

  async #unfinished (): Promise<void> {
    const socket = await this.#connect()
    const path = this.random.pick(['/socket.io/1/xhr-polling/SID', '/socket.io/?EIO=4&transport=polling&sid=SID', '/socket.io/?EIO=3&transport=polling&sid=SID'])
    const length = this.random.oneIn(2) ? 'Content-Length: 1000' : 'Transfer-Encoding: chunked'
    this.#write(socket, `POST ${path.replace('SID', this.#sid)} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`)
    this.#write(socket, this.random.pick(['4', '1\r\n4\r\n', '3:::x', '\x01', '']))
  }

  async #frames (): Promise<void> {
    const socket = await this.#connect()
    const path = this.random.pick(['/socket.io/1/websocket/SID', '/socket.io/?EIO=4&transport=websocket&sid=SID', '/socket.io/?EIO=4&transport=websocket', '/socket.io/?EIO=3&transport=websocket'])
    const extensions = this.random.oneIn(2) ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : ''
    this.#write(socket, `GET ${path.replace('SID', this.#sid)} HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}${extensions}\r\n`)
    for (let i = this.random.below(6); i > 0; i--) {
      const opcode = this.random.oneIn(3) ? this.random.below(16) : this.random.pick([1, 2, 8, 9])
      const frame = maskedFrame(opcode, this.random.pick(['', '2probe', '5', '4x', '3:::x', '1', '\x03\xe8', '0::']), !this.random.oneIn(4))
      if (this.random.oneIn(5)) frame[this.random.below(2)] = this.random.below(256)
      this.#write(socket, frame)
      if (this.random.oneIn(3)) await this.rest()
    }
    if (this.random.oneIn(2)) socket.end()
  }

  async #session (): Promise<void> {
    const { port } = this.world
    const url = this.random.pick(['1/', '?EIO=4&transport=polling', '?EIO=3&transport=polling&b64=1'])
    const answer = await this.ask(`http://127.0.0.1:${port}/socket.io/${url}`)
    this.#sid = /"sid":"([\w-]+)"|^([\w-]+):/.exec(answer?.body ?? '')?.slice(1).find((sid) => sid !== undefined) ?? this.#sid
  }

  override leave (): void {
    super.leave()
    for (const socket of this.#sockets) socket.destroy()
  }

  async finish (): Promise<void> {}
}
