import t from 'tap'
import { unreachableNode } from '../../../src/cluster/link/unreachable.js'
import { waitingNode } from '../../../src/cluster/waiting-node.js'
import type { HeldPoll, HeldStream, RemoteNode, SessionRequest } from '../../../types/cluster.js'

const REQUEST: SessionRequest = { sid: 'node-two-and-more', dialect: 'engine 4', transport: 'polling', isUpgrade: false, isScript: false }

/** Writes down its calls. */
function recorder (calls: unknown[]) {
  const record = (name: string) => (...args: unknown[]): void => { calls.push([name, ...args.filter((arg) => typeof arg === 'string' || typeof arg === 'boolean' || typeof arg === 'number')]) }
  const poll: HeldPoll = { send: () => 0, destroy: record('destroy'), refuse: ({ reason }) => { calls.push(['refuse', reason]) } }
  const stream: HeldStream = { send: record('send'), close: record('close'), destroy: record('destroy'), refuse: ({ reason }) => { calls.push(['refuse', reason]) }, delivered: record('delivered') }
  const node: RemoteNode = {
    tag: 'node-two',
    check: (_request, answer) => {
      record('check')()
      answer()
    },
    poll: () => {
      record('poll')()
      return { settled: record('settled'), release: record('release') }
    },
    post: (_request, payload, answer) => {
      record('post')(payload)
      answer()
      return undefined
    },
    open: () => {
      record('open')()
      return { frame: record('frame'), sent: record('sent'), closed: record('closed') }
    },
    end: () => record('end')()
  }
  return { poll, stream, node }
}

function newWaiting (room = Infinity) {
  const calls: unknown[] = []
  const uses: ((node: RemoteNode) => void)[] = []
  let held = 0
  const hold = (bytes: number): boolean => {
    held += bytes
    return held <= room
  }
  const known = (node: RemoteNode): void => { for (const use of uses.splice(0)) use(node) }
  const { poll, stream, node: target } = recorder(calls)
  return { node: waitingNode('node-two', (use) => { uses.push(use) }, hold), known, calls, held: () => held, poll, stream, target }
}

t.test('calls arrive in order when the link is up', async (t) => {
  const { node, known, calls, poll, stream, target, held } = newWaiting()
  t.equal(node.tag, 'node-two')
  node.check(REQUEST, () => calls.push('checked'))
  const polled = node.poll(REQUEST, poll)
  polled.settled(false)
  const posted = node.post(REQUEST, 'äb', () => calls.push('posted'))
  t.equal(held(), 3)
  posted?.abandon()
  const opened = node.open(REQUEST, stream)
  opened.frame('one')
  opened.frame('two')
  node.end(REQUEST)
  t.same(calls, [])
  known(target)
  t.equal(held(), 0)
  t.same(calls, [['check'], 'checked', ['poll'], ['settled', false], ['post', 'äb'], 'posted', ['open'], ['frame', 'one'], ['frame', 'two'], ['end']])
  calls.length = 0
  polled.release()
  opened.frame('three')
  opened.sent(5)
  opened.closed('connection closed')
  posted?.abandon()
  t.same(calls, [['release'], ['frame', 'three'], ['sent', 5], ['closed', 'connection closed']])
})

t.test('a frame that another one leads to does not overtake those that wait', async (t) => {
  const { node, known, calls, stream, target } = newWaiting()
  const opened = node.open(REQUEST, stream)
  opened.frame('one')
  opened.frame('two')
  known({
    ...target,
    open: () => ({
      frame (frame) {
        calls.push(frame)
        if (frame === 'one') opened.frame('three')
      },
      sent () {},
      closed () {}
    })
  })
  t.same(calls, ['one', 'two', 'three'])
})

t.test('calls are refused when the link fails', async (t) => {
  const { node, known, calls, poll, stream } = newWaiting()
  const answer = (refused: unknown): void => { calls.push(Object(refused).reason) }
  node.check(REQUEST, answer)
  node.poll(REQUEST, poll)
  node.post(REQUEST, 'body', answer)
  node.open(REQUEST, stream)
  node.end(REQUEST)
  known(unreachableNode('node-two', 'refused'))
  t.same(calls, ['node unreachable', ['refuse', 'node unreachable'], 'node unreachable', ['refuse', 'node unreachable']])
})

t.test('a body that does not fit into maxTotalQueueBytes is refused at once', async (t) => {
  const { node, calls, held } = newWaiting(4)
  const answer = (refused: unknown): void => { calls.push(Object(refused).reason) }
  t.ok(node.post(REQUEST, 'four', answer))
  t.equal(node.post(REQUEST, 'x', answer), undefined)
  t.same(calls, ['node unreachable'])
  t.equal(held(), 4)
})
