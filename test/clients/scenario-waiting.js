// What the scenarios have in common, in Node and in pages: above all, how they wait for their clients, for a while and then no longer.

/** How often it is looked, ms, and how many times: where a machine has no time to look, none passes. */
const EVERY = 100
const LOOKS = 300

export function within (promise, what) {
  let timer
  const late = new Promise((_resolve, reject) => {
    let looks = 0
    timer = setInterval(() => { if (++looks === LOOKS) reject(new Error(`${what}: nothing within ${EVERY * LOOKS} ms`)) }, EVERY)
  })
  return Promise.race([promise, late]).finally(() => clearInterval(timer))
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

/** What one client says to the others reaches them, and not itself. */
export async function broadcast (connect, text) {
  const [one, other] = await Promise.all([connect(), connect()])
  const here = []
  one.on('news', (x) => here.push(x))
  const news = once(other, 'news')
  one.emit('tell others', text)
  const [there] = await news
  await ask(one, 'echo', 'after')
  return { there, here }
}

/** Sends each text, and tells what came back and what the server says has arrived. */
export async function messages (socket, texts) {
  const echoes = collect(socket, 'message', texts.length)
  for (const text of texts) socket.send(text)
  const units = []
  for (const text of texts) units.push((await ask(socket, 'units', text))[0])
  return { echoes: await echoes, units }
}

/** Acknowledgements from there, and one from here. */
export async function acks (socket, value) {
  socket.on('ask', (x, answer) => answer(x, 'answered', { deep: [1, null] }))
  return {
    data: await ask(socket, 'sum', 2, 3),
    value: await ask(socket, 'echo', value),
    asked: await ask(socket, 'ask me', value)
  }
}
