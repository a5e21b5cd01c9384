// Opens many sessions, some at a time.

const lost = (error) => { throw error ?? new Error('a session was lost') }

/** @param onOpen is told of each as it opens */
export function openMany ({ dialect, context }, count, { concurrency = 32, onOpen } = {}) {
  return new Promise((resolve, reject) => {
    const sessions = []
    let started = 0
    const next = () => {
      if (started === count) return
      started++
      dialect.open(context, (error, session) => {
        if (error !== null) return reject(error)
        session.onclose = lost
        sessions.push(session)
        onOpen?.(session)
        if (sessions.length === count) resolve(sessions)
        else next()
      })
    }
    for (let i = 0; i < Math.min(concurrency, count); i++) next()
  })
}

export function killAll (sessions) {
  for (const session of sessions) {
    session.onclose = null
    session.kill()
  }
}
