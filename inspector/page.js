// The page: asks for the overview each second, and gives it to its parts.
import { Charts } from './charts.js'
import { confirm } from './confirm.js'
import { find, setText } from './element.js'
import { inBytes, inNumbers, inTime } from './format.js'
import { Happenings } from './happenings.js'
import { List } from './list.js'
import { Picture } from './picture.js'
import { get, post, repeat } from './server.js'
import { showEnds, showNodes, showRefusals } from './tables.js'
import { Timeline } from './timeline.js'

const EVERY_MS = 1000

let isPaused = false
let isReadOnly = true
const timeline = new Timeline(() => isReadOnly)
const open = (handle) => timeline.open(handle)
const list = new List(open, () => isPaused)
const picture = new Picture(find('picture'), find('unit'), (dialect, transport) => list.choose(dialect, transport))
const charts = new Charts(find('charts'))
const happenings = new Happenings(open)

const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0)
const figure = (name, text) => setText(document.querySelector(`[data-figure="${name}"]`), text)

function status (state, text) {
  find('status').dataset.state = state
  setText(find('status'), text)
}

function showFigures ({ metrics, rss }) {
  const { sessions, opening, pollsHeld, upgrades, queuedBytes, largestQueue, heartbeatsMissed, refused } = metrics
  figure('sessions', inNumbers(sum(Object.values(sessions).map(sum))))
  figure('opening', opening > 0 ? `and ${inNumbers(opening)} opening` : 'connected')
  figure('polls', inNumbers(pollsHeld))
  figure('upgrades', inNumbers(upgrades.done))
  figure('upgrades-note', `${inNumbers(Math.max(0, upgrades.tried - upgrades.done - upgrades.failed))} under way, ${inNumbers(upgrades.failed)} failed`)
  figure('queued', inBytes(queuedBytes))
  figure('largest', `largest ${inBytes(largestQueue)}`)
  figure('missed', inNumbers(heartbeatsMissed))
  figure('refused', inNumbers(sum(refused)))
  figure('memory', inBytes(rss))
}

function show (overview) {
  const { metrics, refusals, happenings: latest, nodes, tag, draining, uptime } = overview
  isReadOnly = overview.readOnly
  find('drain').hidden = isReadOnly || draining
  setText(find('server'), `${tag === '' ? '' : `node ${tag}, `}up ${inTime(uptime * 1000)}`)
  showFigures(overview)
  const added = happenings.show(latest)
  picture.show(metrics.sessions, added.filter(({ type }) => type === 'move'))
  charts.show(overview)
  showRefusals(metrics.refused, refusals)
  showEnds(metrics.ended)
  showNodes(nodes, tag, metrics.nodes, metrics.forwarded)
  status(draining ? 'wait' : 'good', draining ? 'draining' : 'live')
}

async function load () {
  if (isPaused) return
  try {
    const overview = await get('overview')
    if (!isPaused) show(overview)
  } catch (error) {
    const isRefused = error.status === 401 || error.status === 403
    status('bad', isRefused ? 'not allowed any more: reload the page' : 'the server does not answer')
  }
}

find('pause').addEventListener('click', ({ currentTarget }) => {
  isPaused = !isPaused
  currentTarget.setAttribute('aria-pressed', String(isPaused))
  if (isPaused) status('wait', 'paused')
  else refresh()
})

find('drain').addEventListener('click', async () => {
  const text = 'New clients are refused from now on, and all sessions end one by one within these seconds. This cannot be undone: only a restart serves again.'
  const seconds = await confirm({ title: 'Drain this server?', text, yes: 'Drain', asksSeconds: true })
  if (seconds === undefined) return
  try {
    await post(`drain?seconds=${seconds}`)
  } catch (error) {
    status('bad', `not drained: ${error.message}`)
  }
  refresh()
})

const refresh = repeat(load, EVERY_MS)
