// Refused requests by reason, ends by reason, nodes.
import { element, find, setText, showEach } from './element.js'
import { atTime, dialectName, inNumbers } from './format.js'

const byCount = (counts) => Object.entries(counts).sort(([, a], [, b]) => b - a)

function exampleLine ({ at, detail, method, dialect, session, address, origin, agent }) {
  const about = [method, dialectName(dialect), address, session && `session ${session}`, origin && `from ${origin}`, agent].filter(Boolean)
  return element('li', '', [element('time', '', atTime(at)), element('p', '', detail), element('p', 'quiet', about.join(' · '))])
}

export function showRefusals (counts, latest) {
  const reasons = byCount(counts).map(([reason, count]) => ({ reason, count, examples: latest[reason] ?? [] }))
  if (reasons.length === 0) return
  showEach(find('refusals'), reasons, {
    keyOf: ({ reason }) => reason,
    make: ({ reason }) => element('details', '', [element('summary', '', [element('span', '', reason), element('b', '')]), element('ol', '')]),
    update (child, { count, examples }) {
      setText(child.querySelector('b'), inNumbers(count))
      showEach(child.querySelector('ol'), examples, { keyOf: ({ at, detail }) => `${at} ${detail}`, make: exampleLine })
    }
  })
}

export function showEnds (counts) {
  const reasons = byCount(counts)
  const most = reasons[0]?.[1] ?? 1
  showEach(find('ends'), reasons, {
    keyOf: ([reason]) => reason,
    make: ([reason]) => element('div', '', [element('dt', '', reason), element('dd', '', [element('b', ''), element('i', '')])]),
    update (child, [, count]) {
      setText(child.querySelector('b'), inNumbers(count))
      child.querySelector('i').style.width = `${Math.max(1, count / most * 100)}%`
    }
  })
}

export function showNodes (nodes, tag, counts, forwarded) {
  const total = Object.values(counts).reduce((all, count) => all + count, 0)
  find('cluster').hidden = total === 0
  setText(find('forwarded'), `${inNumbers(forwarded)} requests here were for sessions of other nodes.${nodes.length === 0 ? ` Nodes: ${Object.entries(counts).map(([state, count]) => `${count} ${state}`).join(', ')}.` : ''}`)
  showEach(find('nodes'), nodes, {
    keyOf: (node) => node.tag,
    make: (node) => element('li', '', [element('code', '', node.tag), element('span', 'state'), element('span', 'sessions'), element('span', 'quiet rtt')]),
    update (child, { tag: own, state, sessions, rtt }) {
      child.dataset.state = state
      setText(child.querySelector('.state'), state)
      setText(child.querySelector('.sessions'), `${inNumbers(sessions)} sessions`)
      setText(child.querySelector('.rtt'), own === tag ? 'this node' : rtt === undefined ? 'round trip unknown' : `round trip ${rtt.toFixed(1)} ms`)
    }
  })
}
