// How the scenarios wait for their clients, in Node and in pages: for a while, then no longer.

/** How long anything may take, ms. */
const LIMIT = 15_000

export function within (promise, what) {
  let timer
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${LIMIT} ms`)), LIMIT)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** The arguments of the next event. */
export const once = (socket, name) => within(new Promise((resolve) => socket.once(name, (...args) => resolve(args))), `event ${name}`)

/** The arguments of the acknowledgement. */
export const ask = (socket, ...args) => within(new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer))), `ack of ${args[0]}`)

/** The next `count` first arguments of an event. */
export function collect (socket, name, count) {
  const seen = []
  const all = new Promise((resolve) => socket.on(name, (value) => {
    seen.push(value)
    if (seen.length === count) resolve(seen)
  }))
  return within(all, `${count} times ${name}`)
}
