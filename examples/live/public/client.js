// The old client, as it was published, with its traffic shown.
/* global addEventListener, io */
import { run, server, tell, transport } from './frame.js'

/** Shows what leaves and arrives, as text, before the client reads it and after it has written it. */
function tap (carrier) {
  const { onData } = carrier
  carrier.onData = function (data) {
    tell('in', { payload: data })
    return onData.call(this, data)
  }
  const upward = carrier.post === undefined ? 'send' : 'post'
  const write = carrier[upward]
  carrier[upward] = function (data) {
    tell('out', { payload: data })
    return write.call(this, data)
  }
  return carrier
}

/**
 * htmlfile runs where there is ActiveX. The client makes an `htmlfile` document, puts itself into its window, and lets a frame
 * in it load the endless response. A document of a hidden frame does as well.
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
  // The client calls this when it has left its document.
  window.CollectGarbage = () => {
    for (const host of hosts) {
      if (host.contentDocument.querySelector('iframe')) continue
      host.remove()
      hosts.delete(host)
    }
  }
}

if (transport === 'htmlfile') standInForActiveX()
// The option `transports` of `io.connect` would not restrict it.
io.transports = [transport]
const { getTransport } = io.Socket.prototype
io.Socket.prototype.getTransport = function (...args) {
  const carrier = getTransport.apply(this, args)
  return carrier && tap(carrier)
}

const options = { 'max reconnection attempts': Infinity, 'reconnection limit': 4000 }
addEventListener('load', () => setTimeout(() => run(io.connect(server, options))))
