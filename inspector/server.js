// Asks the server, and pushes its buttons.

export class ServerError extends Error {
  constructor (status, message) {
    super(message)
    this.status = status
  }
}

async function ask (path, options) {
  const response = await fetch(`data/${path}`, { cache: 'no-store', signal: AbortSignal.timeout(10_000), ...options })
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  const answer = isJson ? await response.json() : {}
  if (!response.ok || !isJson) throw new ServerError(response.status, String(answer.error ?? response.statusText))
  return answer
}

export const get = (path) => ask(path)
export const post = (path) => ask(path, { method: 'POST' })

/** Calls a function again and again, `ms` after it has ended, unless nobody can see the page. Returns a function that calls it now. */
export function repeat (work, ms) {
  let timer
  let isBusy = false
  async function run () {
    clearTimeout(timer)
    if (isBusy) return
    isBusy = true
    if (!document.hidden) await work()
    isBusy = false
    timer = setTimeout(run, ms)
  }
  document.addEventListener('visibilitychange', () => { if (!document.hidden) run() })
  run()
  return run
}
