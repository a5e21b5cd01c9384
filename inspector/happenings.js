// What happens to sessions, the newest first.
import { element, find, showEach } from './element.js'
import { atTime, dialectName, inTime } from './format.js'

const SHOWN = 40

function words ({ type, from, transport, reason, cause, seconds }) {
  switch (type) {
    case 'open': return `opened on ${transport}`
    case 'move': return `moved from ${from} to ${transport}`
    default: return `ended after ${inTime(seconds * 1000)}: ${reason}${cause === undefined ? '' : ` (${cause})`}`
  }
}

export class Happenings {
  #open
  #shown = []

  constructor (open) {
    this.#open = open
  }

  /** Returns those that are new. */
  show (latest) {
    const newest = this.#shown[0]?.n ?? 0
    const isRestarted = (latest[0]?.n ?? newest) < newest
    const added = isRestarted ? latest : latest.filter(({ n }) => n > newest)
    this.#shown = [...added, ...(isRestarted ? [] : this.#shown)].slice(0, SHOWN)
    showEach(find('happenings'), this.#shown, { keyOf: ({ n, at }) => `${n} ${at}`, make: (happening) => this.#line(happening) })
    return newest === 0 ? [] : added
  }

  #line (happening) {
    const session = element('button', 'session', happening.session)
    session.type = 'button'
    session.addEventListener('click', () => this.#open(happening.handle))
    const line = element('li', '', [element('time', '', atTime(happening.at)), session, element('span', 'what', words(happening)), element('span', 'quiet', dialectName(happening.dialect))])
    line.dataset.type = happening.type
    return line
  }
}
