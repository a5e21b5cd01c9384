// Numbers, times and names as texts. Pure.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** A number with a thin space between thousands. */
export const inNumbers = (number) => whole.format(number).replaceAll(',', '\u202f')
export const perSecond = (rate) => rate >= 10 || rate === 0 ? inNumbers(rate) : one.format(rate)

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

export function inBytes (bytes) {
  const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? whole.format(value) : one.format(value)}\u00a0${UNITS[power]}`
}

export function inTime (ms) {
  const s = Math.floor(ms / 1000)
  if (s < 60) return `${s}\u00a0s`
  if (s < 3600) return `${Math.floor(s / 60)}\u00a0min${s % 60 === 0 ? '' : ` ${s % 60}\u00a0s`}`
  if (s < 86400) return `${Math.floor(s / 3600)}\u00a0h ${Math.floor(s / 60) % 60}\u00a0min`
  return `${Math.floor(s / 86400)}\u00a0d ${Math.floor(s / 3600) % 24}\u00a0h`
}

export const atTime = (at) => clock.format(at)
export const atMillisecond = (at) => `${clock.format(at)}.${String(at % 1000).padStart(3, '0')}`

const DIALECTS = { 'engine 4': ['Engine.IO 4', 'clients 3.x, 4.x'], 'engine 3': ['Engine.IO 3', 'clients 1.x, 2.x'], 'revision 1': ['Revision 1', 'clients 0.7 to 0.9'] }

/** A dialect as people know it. */
export const dialectName = (dialect) => DIALECTS[dialect]?.[0] ?? dialect
export const clientsOf = (dialect) => DIALECTS[dialect]?.[1] ?? ''
export const ALL_DIALECTS = Object.keys(DIALECTS)
export const ALL_TRANSPORTS = ['websocket', 'polling', 'flashsocket', 'xhr-polling', 'jsonp-polling', 'xhr-multipart', 'htmlfile']
