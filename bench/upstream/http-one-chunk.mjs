// The target node-http, of which an answer is one chunk: what `end(body)` could do before Node 24.21, which does it. See docs/performance.md.
//   node bench/run.mjs --metrics pair --targets bench/upstream/http-one-chunk.mjs --against node-http --dialects http-raw
import { ServerResponse } from 'node:http'
import nodeHttp, { listen } from '../targets/node-http.mjs'

class OneChunk extends ServerResponse {
  #ending = false
  #last

  end (body) {
    this.#ending = true
    return super.end(body)
  }

  /** `end(body)` calls this twice: with the body, and with an empty text whose callback ends the response. */
  _send (data, encoding, callback, length) {
    if (!this.#ending) return super._send(data, encoding, callback, length)
    if (this.#last === undefined) {
      this.#last = [data, encoding]
      return true
    }
    const [body, itsEncoding] = this.#last
    return super._send(body, itsEncoding, callback, length)
  }
}

export default { ...nodeHttp, floor: undefined, name: 'node:http, one chunk', serve: (port) => listen(port, { ServerResponse: OneChunk }) }
