// Translates options of a socket.io 0.9 server (old names, times in seconds) to options of the plugin.

const seconds = (value) => value * 1000

/** Translates `host:port` entries (either part may be `*`), in a list or separated by spaces, to a value of `cors.origin`. */
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
  // The old server refused bodies of exactly this size, too.
  'destroy buffer size': (value) => ({ maxPayload: value - 1 }),
  heartbeats: (value) => value === false ? { heartbeatInterval: false } : {},
  origins: (value) => ({ cors: { origin: toOrigin(value) } }),
  'flash policy port': (value) => value > 0 ? { flashPolicy: { port: value, allow: ['*:*'] } } : {}
}

/** Translates old names. Other names must be options of the plugin. */
export function toOptions (config) {
  const options = Object.entries(config).map(([name, value]) => OLD_NAMES[name]?.(value) ?? { [name]: value })
  return Object.assign({}, ...options)
}
