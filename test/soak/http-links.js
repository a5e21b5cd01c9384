// Links over HTTP: polls, or a stream, with POSTs in the other direction. And the handshake of revision 1.
import { Agent, request as httpRequest } from 'node:http'
import { Link } from './link.js'
import { PAYLOADS, STREAMS } from './payloads.js'

const agent = new Agent({ keepAlive: true })

/** One request; `onResponse` gets the response, `onError` whatever prevents it. */
function ask (way, { query = '', body }, onResponse, onError) {
  const request = httpRequest({
    agent,
    ...way.at,
    path: way.url + query,
    method: body === undefined ? 'GET' : 'POST',
    headers: body === undefined ? way.jsonp ? { referer: `http://${way.at.port ? `${way.at.host}:${way.at.port}` : 'localhost'}/` } : {} : { 'content-type': way.jsonp ? 'application/x-www-form-urlencoded' : 'text/plain;charset=UTF-8', 'content-length': Buffer.byteLength(body) }
  })
  request.once('response', onResponse).on('error', onError).end(body)
  return request
}

/** The same, its answer whole. */
function askWhole (way, init, onAnswer, onError) {
  return ask(way, init, (response) => {
    const chunks = []
    response.on('data', (chunk) => chunks.push(chunk)).on('error', onError)
    response.once('end', () => onAnswer(response.statusCode, Buffer.concat(chunks)))
  }, onError)
}

/** The connections of requests that are under way. */
const socketsOf = (...requests) => requests.flatMap((request) => request?.socket ?? [])

/** Handshakes of revision 1. */
export function handshake (way) {
  return new Promise((resolve, reject) => {
    askWhole(way, {}, (status, body) => {
      const sid = /^([\w-]+):[\d.]+:[\d.]+:/.exec(body)?.[1]
      if (status === 200 && sid !== undefined) resolve(sid)
      else reject(new Error(`a handshake is answered with ${status} ${body}`))
    }, reject)
  })
}

/** POSTs, one at a time: what is said meanwhile goes into the next one, as with the real clients. */
class PostingLink extends Link {
  #queue = []
  #post
  #half
  #onIdle

  send (...packets) {
    this.#queue.push(...packets)
    this.flush()
  }

  flush () {
    if (this.stopped || this.#post !== undefined || this.#queue.length === 0) return
    const { dialect, jsonp } = this.way
    const payload = PAYLOADS[dialect].pack(this.#queue)
    this.#queue = []
    this.#post = askWhole(this.way, { query: jsonp, body: jsonp ? PAYLOADS[dialect].toForm(payload) : payload }, (status, body) => {
      this.#post = undefined
      this.#onIdle?.()
      if (status !== 200 || String(body) !== (dialect === 'revision 1' ? '1' : 'ok')) this.ended(`a POST is answered with ${status} ${body}`)
      else this.flush()
    }, (error) => this.ended(error))
  }

  /** A POST of which only the beginning arrives. */
  beginPost () {
    const { at, url } = this.way
    this.#half = httpRequest({ agent, ...at, path: url, method: 'POST', headers: { 'content-length': 1000 } })
    this.#half.on('error', () => {}).write('3:::half')
  }

  /** Resolves once no POST is under way. */
  async posted () {
    if (this.#post !== undefined) await new Promise((resolve) => { this.#onIdle = resolve })
  }

  sockets () {
    return socketsOf(this.#post, this.#half)
  }
}

/** Polls, by XHR or by script. */
export class PollingLink extends PostingLink {
  kind = 'polling'
  #get
  #resting = false
  #onRest

  start () {
    const { dialect, jsonp } = this.way
    const { unpack, unpackScript } = PAYLOADS[dialect]
    this.#get = askWhole(this.way, { query: jsonp }, (status, body) => {
      this.#get = undefined
      if (status !== 200) return this.ended(`a poll is answered with ${status} ${body}`)
      this.hear((jsonp ? unpackScript : unpack)(body))
      if (this.stopped) return
      if (this.#resting) this.#onRest?.()
      else this.start()
    }, (error) => this.ended(error))
  }

  /** Resolves once nothing is under way, and nothing new is asked. */
  async rest () {
    this.#resting = true
    if (this.#get !== undefined) await new Promise((resolve) => { this.#onRest = resolve })
    await this.posted()
  }

  thaw () {
    super.thaw()
    this.#resting = false
    if (this.#get === undefined) this.start()
  }

  sockets () {
    return [...socketsOf(this.#get), ...super.sockets()]
  }
}

/** A GET that never ends. */
export class StreamLink extends PostingLink {
  kind = 'stream'
  #get

  start () {
    this.#get = ask(this.way, {}, (response) => {
      const decode = STREAMS[this.way.stream](response.headers)
      response.setEncoding('utf8')
      response.on('data', (text) => this.hear(decode(text, false)))
      response.on('error', () => {}).once('close', () => {
        this.#get = undefined // its connection may be somebody else's from now on
        this.ended(`a stream with status ${response.statusCode} ended`)
      })
    }, (error) => this.ended(error))
  }

  sockets () {
    return [...socketsOf(this.#get), ...super.sockets()]
  }
}
