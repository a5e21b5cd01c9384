import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { spawn } from 'node:child_process'
import t from 'tap'
import type { Test } from 'tap'
import { IpcMembers } from '../../../../src/cluster/members/ipc.js'
import { readMembers, readToPrimary, wrap } from '../../../../src/cluster/members/ipc-messages.js'
import { makePlace, removePlace, removeStalePlaces } from '../../../../src/cluster/members/ipc-place.js'
import { until } from '../../../kit/waiting.js'
import { startMembers } from './harness.js'

/** A channel whose primary is the test. */
function newChannel () {
  const sent: unknown[] = []
  const listeners = new Set<(message: unknown) => void>()
  return {
    sent,
    listeners,
    isOpen: true,
    send (message: object) { sent.push(readToPrimary(message)) },
    listen (onMessage: (message: unknown) => void) {
      listeners.add(onMessage)
      return () => { listeners.delete(onMessage) }
    },
    say (message: unknown) { for (const listener of listeners) listener(message) }
  }
}

const OTHER = { tag: 'node-two', path: '/run/two' }
const WARNING = /^the primary of node:cluster does not pass on .* call setupPrimary\(\)/

t.test('a worker joins, is told the others, and leaves', async (t) => {
  const channel = newChannel()
  const members = new IpcMembers(channel)
  const { path } = { path: '', ...members.place() }
  const { started, seen, clock, logged } = startMembers(t, members)
  t.equal(statSync(dirname(path)).mode & 0o777, 0o700, 'only this user may connect')
  await until(() => channel.sent.length > 0)
  t.same(channel.sent, [{ type: 'join', tag: 'node-one', path }])
  t.equal(members.isCurrent, false)

  for (const foreign of [undefined, 'text', { source: '_sio_adapter', type: 'members', members: [OTHER] }]) channel.say(foreign)
  t.same(seen, [])
  channel.say(wrap({ type: 'members', members: [OTHER] }))
  await started
  t.same(seen, [[{ tag: 'node-two', address: { path: '/run/two' } }]])
  t.equal(members.isCurrent, true)
  members.announce()
  await clock.tick(10_000)
  t.equal(channel.sent.length, 1, 'an answered worker does not join again')
  t.same(logged(), [])
  channel.isOpen = false
  t.equal(members.isCurrent, false, 'without a primary')

  await members.stop()
  t.same(channel.sent.at(-1), { type: 'leave', tag: 'node-one', path })
  t.equal(channel.listeners.size, 0)
  t.equal(clock.timers, 0)
  t.notOk(existsSync(dirname(path)))
})

t.test('when the primary does not answer, the worker starts after 1 s, warns once after 3 s, and asks again', async (t) => {
  const channel = newChannel()
  const members = new IpcMembers(channel)
  members.place()
  const { started, seen, clock, logged } = startMembers(t, members)
  await until(() => channel.sent.length > 0)
  await clock.tick(1000)
  await started
  t.same(logged(), [])
  await clock.tick(8000)
  t.match(logged(), [WARNING])
  t.equal(logged().length, 1)
  t.equal(channel.sent.length, 4)
  channel.say(wrap({ type: 'members', members: [] }))
  t.same(seen, [[]])
  t.equal(members.isCurrent, true)
  await clock.tick(9000)
  t.equal(channel.sent.length, 4)
})

t.test('a worker that stops before the primary has answered has started', async (t) => {
  const channel = newChannel()
  const members = new IpcMembers(channel)
  members.place()
  const { started } = startMembers(t, members)
  await until(() => channel.sent.length > 0)
  await members.stop()
  await started
  t.equal(channel.listeners.size, 0)
})

t.test('messages of others, and messages with mistakes, are not read', async (t) => {
  const message = wrap({ type: 'join', ...OTHER })
  t.same(readToPrimary(message), { type: 'join', ...OTHER })
  for (const wrong of [undefined, null, 1, 'join', [], { ...message, source: '_sio_adapter' }, { ...message, type: 'members' }, { ...message, tag: 'short' }, { ...message, tag: 'a/b/c/d/' },
    { ...message, path: '' }, { ...message, path: 1 }]) t.equal(readToPrimary(wrong), undefined)
  for (const wrong of [undefined, 1, message, { ...message, type: 'members' }, { ...message, type: 'members', members: 'all' }]) t.equal(readMembers(wrong), undefined)
  t.same(readMembers({ ...wrap({ type: 'members', members: [OTHER] }), members: [OTHER, null, { tag: 'x' }] }), [OTHER])
})

/** The id of a process that has ended. */
async function deadPid (): Promise<number> {
  const child = spawn('true')
  await once(child, 'exit')
  return child.pid ?? 0
}

/** The folder of a process, by its name. */
function folderOf (t: Test, pid: number, suffix: string): string {
  const folder = join(tmpdir(), `fsio-${pid}-${suffix}`)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test('sockets of killed processes are removed, and nothing else', async (t) => {
  const pid = await deadPid()
  /** Makes a socket file; whoever listens to it is killed if `isStale`. */
  async function newSocket (folder: string, isStale: boolean): Promise<string> {
    mkdirSync(folder, { mode: 0o700 })
    const path = join(folder, 'link')
    if (isStale) {
      const child = spawn(process.execPath, ['-e', 'require("net").createServer().listen(process.argv[1], () => console.log("up"))', path], { stdio: ['ignore', 'pipe', 'ignore'], env: {} })
      await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')
    } else {
      const server = createServer().listen(path)
      await once(server, 'listening')
      t.teardown(() => server.close())
    }
    return path
  }
  const stale = await newSocket(folderOf(t, pid, 'aaaaaa'), true)
  const used = await newSocket(folderOf(t, pid, 'bbbbbb'), false)
  const living = await newSocket(folderOf(t, process.pid, 'cccccc'), true)
  const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'))
  t.teardown(() => rmSync(elsewhere, { recursive: true, force: true }))
  const foreign = await newSocket(join(elsewhere, 'folder'), true)
  symlinkSync(dirname(foreign), folderOf(t, pid, 'dddddd'))
  await removeStalePlaces()
  t.notOk(existsSync(dirname(stale)), 'a stale one')
  t.ok(existsSync(used), 'one that is used, of a process of another container')
  t.ok(existsSync(living), 'one of a living process')
  t.ok(existsSync(foreign), 'one behind a link that somebody has made')
})

t.test('only a place that was made is removed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'elsewhere-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'link')
  writeFileSync(file, '')
  removePlace(file)
  removePlace('/no/such/folder/link')
  t.ok(existsSync(file))
  const place = makePlace()
  writeFileSync(place, '')
  removePlace(place)
  t.notOk(existsSync(dirname(place)))
  removePlace(place)
})
