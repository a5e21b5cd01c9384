// Groups: cells that are alive at once and take turns, ours and the peers that they are compared with.
import { cellsOf, counterpart } from './targets.mjs'

/** What keeps two cells apart. */
const keyOf = ({ target, dialect }) => `${target.id} ${dialect}`

class Group {
  cells = []
  pairs = []

  constructor (title, metric) {
    this.title = title
    this.metric = metric
  }

  #indexOf (cell) {
    const at = this.cells.findIndex((other) => keyOf(other) === keyOf(cell))
    return at >= 0 ? at : this.cells.push(cell) - 1
  }

  /** @param promise { bound, stretch }, if any */
  add (ours, peer, promise = {}) {
    this.pairs.push({ ours: this.#indexOf(ours), peer: this.#indexOf(peer), ...promise })
  }
}

/** The comparisons as groups, as far as their targets are there. */
export async function groupsOf (comparisons, targets) {
  const groups = []
  for (const { title, metric, ours, peers } of comparisons) {
    const group = new Group(title, metric)
    for (const [name, dialect] of ours) {
      if (!targets.has(name)) continue
      const cell = (await cellsOf(targets.get(name))).find((each) => each.dialect === dialect)
      for (const { target, ...promise } of peers) {
        const peer = targets.has(target) ? await counterpart(cell, targets.get(target)) : undefined
        if (peer !== undefined) group.add(cell, peer, promise)
      }
    }
    if (group.pairs.length > 0) groups.push(group)
  }
  return groups
}

/** Whether that metric can be taken of a cell. */
export function measurable ({ family, mode }, metric) {
  if (metric === 'push') return family !== 'polling'
  return metric === 'echo' || mode !== 'parked'
}

/** A group for each cell with its opponents. @param opponentsOf (cell) => targets */
export async function opposed (metric, cells, opponentsOf, say = console.error) {
  const groups = []
  for (const cell of cells) {
    const group = new Group(`${metric}, ${cell.target.name}`, metric)
    for (const target of opponentsOf(cell).filter((target) => target !== cell.target)) {
      const peer = await counterpart(cell, target)
      if (peer !== undefined) group.add(cell, peer)
      else say(`skipped: ${target.name} has nothing to set against ${cell.dialect}`)
    }
    if (group.pairs.length > 0) groups.push(group)
    else say(`skipped: ${cell.target.name}, ${cell.dialect}: no opponent`)
  }
  return groups
}

/** A group for each cell alone. */
export function alone (metric, cells) {
  return cells.map((cell) => ({ title: `${metric}, ${cell.target.name}, ${cell.dialect}`, metric, cells: [cell], pairs: [] }))
}
