// The options of a socket.io 0.9 server, by their old names and with times in seconds, as options of the plugin.

const seconds = (value) => value * 1000

/** `host:port` entries, either part `*`, in a list or with spaces between, as what `cors.origin` takes. */
function toOrigin (origins) {
  const entries = Array.isArray(origins) ? origins : origins.split(' ')
  if (entries.includes('*:*')) return true
  return entries.map((entry) => {
    const [host, port] = entry.split(':').map((part) => part.replaceAll('.', '\\.').replace(/^\*$/, '.*'))
    return new RegExp(`^https?://${host}(?::${port === '.*' ? '\\d+' : port})?$`)
  })
}

const OLD_NAMES = {
  'heartbeat interval': (value) => ({ heartbeatInterval: seconds(value) }),
  'heartbeat timeout': (value) => ({ heartbeatTimeout: seconds(value) }),
  'close timeout': (value) => ({ closeTimeout: seconds(value) }),
  'polling duration': (value) => ({ pollingDuration: seconds(value) }),
  // The old server refused bodies that reach its limit.
  'destroy buffer size': (value) => ({ maxPayload: value - 1 }),
  heartbeats: (value) => value === false ? { heartbeatInterval: false } : {},
  origins: (value) => ({ cors: { origin: toOrigin(value) } }),
  'flash policy port': (value) => value > 0 ? { flashPolicy: { port: value, allow: ['*:*'] } } : {}
}

/** Old names are translated; names that are none are taken for options of the plugin. */
export function toOptions (config) {
  const options = Object.entries(config).map(([name, value]) => OLD_NAMES[name]?.(value) ?? { [name]: value })
  return Object.assign({}, ...options)
}
