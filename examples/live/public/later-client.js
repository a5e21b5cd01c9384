// A published client from 1.0 on; shows its traffic in the browser.
/* global HTMLFormElement, XMLHttpRequest, io */
import { generation, panel, run, server, tellWire, transport } from './frame.js'

const OPTIONS = {
  websocket: { transports: ['websocket'] },
  polling: { transports: ['polling'] },
  upgrade: { transports: ['polling', 'websocket'] },
  'jsonp-polling': { transports: ['polling'], forceJSONP: true }
}

const arrived = (data, isBody) => tellWire('in', data, isBody)
const leaves = (data, isBody) => tellWire('out', data, isBody)

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
    if (body) leaves(body, true)
    else this.addEventListener('readystatechange', () => { if (this.readyState === 4 && this.status === 200) arrived(this.response, true) })
    super.send(body)
  }
}

// JSONP: an answer calls the function that the client has put into this list, and the client sends by a form.
window.___eio = Object.assign([], {
  push (take) {
    this[this.length] = (payload) => {
      arrived(payload, true)
      take(payload)
    }
  }
})
const { submit } = HTMLFormElement.prototype
HTMLFormElement.prototype.submit = function () {
  leaves(this.elements.d.value, true)
  submit.call(this)
}

await new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement('script'), {
    src: `clients/${generation}/socket.io.js`, onload: resolve, onerror: reject
  }))
})
run(io(server, { ...OPTIONS[transport], query: { panel }, reconnectionDelayMax: 4000 }))
