// Groups: the servers of one sample. A comparison has exactly two, ours and one peer: a ratio changes with the number of servers that are alive.
import { cellsOf, counterpart } from './targets.mjs'

/**
 * @typedef {object} Group
 * @property {string} title
 * @property {string} metric
 * @property {number} [sessions] echo and load: how many sessions send messages
 * @property {import('./sample.mjs').Cell[]} cells ours and, in a comparison, the peer
 * @property {{ bound?: number, goal?: number }} promise
 */

const titleOf = (title, sessions) => sessions === undefined ? title : `${title}, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`

/** The comparisons as groups, if their targets are installed. */
export async function groupsOf (comparisons, targets) {
  const groups = []
  for (const { title, metric, sessions, ours, peers } of comparisons) {
    for (const [name, dialect] of ours) {
      if (!targets.has(name)) continue
      const cell = (await cellsOf(targets.get(name))).find((each) => each.dialect === dialect)
      for (const { target, bound, goal } of peers) {
        const peer = targets.has(target) ? await counterpart(cell, targets.get(target)) : undefined
        if (peer !== undefined) groups.push({ title: titleOf(title, sessions), metric, sessions, cells: [cell, peer], promise: { bound, goal } })
      }
    }
  }
  return groups
}

/** Whether that metric can be taken of a cell. */
export function measurable ({ family, mode }, metric) {
  if (metric === 'push') return family !== 'polling'
  return metric === 'echo' || metric === 'load' || mode !== 'parked'
}

/** A group for each cell and each of its opponents. @param opponentsOf (cell) => targets */
export async function opposed (metric, sessions, cells, opponentsOf, say = console.error) {
  const groups = []
  for (const cell of cells) {
    for (const target of opponentsOf(cell).filter((target) => target !== cell.target)) {
      const peer = await counterpart(cell, target)
      if (peer !== undefined) groups.push({ title: titleOf(`${metric}, ${cell.target.name}`, sessions), metric, sessions, cells: [cell, peer], promise: {} })
      else say(`skipped: ${target.name} has nothing to set against ${cell.dialect}`)
    }
  }
  return groups
}

/** A group for each cell alone. */
export function alone (metric, sessions, cells) {
  return cells.map((cell) => ({ title: titleOf(`${metric}, ${cell.target.name}, ${cell.dialect}`, sessions), metric, sessions, cells: [cell], promise: {} }))
}
