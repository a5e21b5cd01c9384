// The published 0.9 client; shows its traffic.
/* global addEventListener, io */
import { panel, run, server, tellWire, transport } from './frame.js'

/** Shows the text that the client sends and receives. */
function tap (carrier) {
  const { onData } = carrier
  carrier.onData = function (data) {
    tellWire('in', data, true)
    return onData.call(this, data)
  }
  const upward = carrier.post === undefined ? 'send' : 'post'
  const write = carrier[upward]
  carrier[upward] = function (data) {
    tellWire('out', data, true)
    return write.call(this, data)
  }
  return carrier
}

/**
 * The client uses htmlfile only with ActiveX. It creates an `htmlfile` document, puts itself into its window, and loads the endless response in a
 * frame of it. The document of a hidden frame works, too.
 */
function standInForActiveX () {
  const hosts = new Set()
  window.ActiveXObject = function ActiveXObject (name) {
    if (name !== 'htmlfile') throw new Error(`no such object: ${name}`)
    const host = document.createElement('iframe')
    host.hidden = true
    document.body.append(host)
    hosts.add(host)
    host.contentDocument.parentWindow = host.contentWindow
    return host.contentDocument
  }
  // The client calls this when it does not need its document any more.
  window.CollectGarbage = () => {
    for (const host of hosts) {
      if (host.contentDocument.querySelector('iframe')) continue
      host.remove()
      hosts.delete(host)
    }
  }
}

if (transport === 'htmlfile') standInForActiveX()
// The option `transports` of `io.connect` would not exclude other transports.
io.transports = [transport]
const { getTransport } = io.Socket.prototype
io.Socket.prototype.getTransport = function (...args) {
  const carrier = getTransport.apply(this, args)
  return carrier && tap(carrier)
}

const options = { 'max reconnection attempts': Infinity, 'reconnection limit': 4000 }
addEventListener('load', () => setTimeout(() => run(io.connect(`${server}/?panel=${panel}`, options))))
