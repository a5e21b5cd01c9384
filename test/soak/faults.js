// What can be made to go wrong in the server, so that it is seen that main.js notices.

const kept = []

/** `left`: what is done when a client has left; `hundredth`: how often every hundredth answer is said. */
export const FAULTS = {
  leak: { left: (member) => kept.push(member, new Array(75_000).fill(0)) },
  handles: { left: () => kept.push(setInterval(() => {}, 1e6)) },
  log: { left: (_member, log) => log.error('an error that is none') },
  lose: { hundredth: 0 },
  double: { hundredth: 2 }
}

/** @param names of faults @param logOf the log, once there is one */
export function mischiefOf (names, logOf) {
  const chosen = names.map((name) => FAULTS[name])
  const hundredth = chosen.find((fault) => 'hundredth' in fault)?.hundredth ?? 1
  return {
    left: (member) => { for (const { left } of chosen) left?.(member, logOf()) },
    times: (number) => number % 100 === 0 ? hundredth : 1
  }
}
