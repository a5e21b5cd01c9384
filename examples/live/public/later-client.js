// A published client from 1.0 on; shows its traffic in the browser.
/* global HTMLFormElement, XMLHttpRequest, io */
import { generation, run, server, tell, transport } from './frame.js'

const OPTIONS = {
  websocket: { transports: ['websocket'] },
  polling: { transports: ['polling'] },
  upgrade: { transports: ['polling', 'websocket'] },
  'jsonp-polling': { transports: ['polling'], forceJSONP: true }
}

/** Payloads may be binary, in Engine.IO 3 also for text. */
const asText = (data) => data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data)
const arrived = (data) => tell('in', { payload: asText(data) })
const leaves = (data) => tell('out', { payload: asText(data) })

window.WebSocket = class extends WebSocket {
  constructor (...args) {
    super(...args)
    this.addEventListener('message', ({ data }) => arrived(data))
  }

  send (data) {
    leaves(data)
    super.send(data)
  }
}

window.XMLHttpRequest = class extends XMLHttpRequest {
  send (body) {
    if (body) leaves(body)
    else this.addEventListener('readystatechange', () => { if (this.readyState === 4 && this.status === 200) arrived(this.response) })
    super.send(body)
  }
}

// JSONP: an answer calls the function that the client has put into this list, and the client sends by a form.
window.___eio = Object.assign([], {
  push (take) {
    this[this.length] = (payload) => {
      arrived(payload)
      take(payload)
    }
  }
})
const { submit } = HTMLFormElement.prototype
HTMLFormElement.prototype.submit = function () {
  leaves(this.elements.d.value)
  submit.call(this)
}

await new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement('script'), {
    src: `clients/${generation}/socket.io.js`, onload: resolve, onerror: reject
  }))
})
run(io(server, { ...OPTIONS[transport], reconnectionDelayMax: 4000 }))
