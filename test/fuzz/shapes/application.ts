// An ordinary application: its handlers pass on what they get without looking at it. What the types of the Server name as a string is
// looked at in the guarded variant only.
import type { Namespace, Server, Socket } from 'socket.io'
import type { Setup } from './setup.js'

type Args = unknown[]
type Handler = (...args: Args) => unknown
/** Rooms and names are whatever was sent. */
type Loose = Omit<Namespace, 'to' | 'in' | 'serverSideEmit' | 'serverSideEmitWithAck'> & {
  to (room: unknown): Namespace
  in (room: unknown): Namespace
  serverSideEmit (name: unknown, ...args: Args): boolean
  serverSideEmitWithAck (name: unknown, ...args: Args): Promise<unknown>
}

/**
 * What serverSideEmit refuses with an error for its caller, and `error`, which it does not refuse: it ends the other node, where nobody listens to it. So
 * does a name that is no string. The other node hears of neither from us, so that an application must not let clients name what it tells its nodes.
 */
const RESERVED: readonly unknown[] = ['connect', 'connection', 'new_namespace', 'error']
/** How long clients may take to acknowledge, ms. */
const PATIENCE = 200

const isAck = (value: unknown): value is (...answer: Args) => void => typeof value === 'function'
/** What can be kept and said again. */
const data = (args: Args): Args => args.filter((arg) => !isAck(arg))

/** What the adapter for Redis throws at whoever tells a room that is no string, whichever client made it one. The caller has it to catch. */
const NO_ROOM = /^(?:Cannot convert object to primitive value|Could not encode)$/

/** @throws whatever is not {@link NO_ROOM}. */
function forgive (error: unknown): void {
  if (!(error instanceof Error && NO_ROOM.test(error.message))) throw error
}

/** The handler of an application that does not look at rooms, but catches what that leads to. */
const catching = (handler: Handler): Handler => (...args) => {
  try {
    const done = handler(...args)
    return done instanceof Promise ? done.catch(forgive) : done
  } catch (error) {
    return forgive(error)
  }
}

/** What concerns one client only. */
function personal (socket: Socket): Record<string, Handler> {
  return {
    ack: (...args) => {
      const ack = args.pop()
      if (isAck(ack)) ack(...args)
    },
    ask: (...args) => socket.timeout(PATIENCE).emit('asked', ...data(args), (error: Error | null, ...answer: Args) => error ?? socket.emit('answered', ...answer)),
    keep: (...args) => { socket.data = { ...socket.data, kept: data(args) } },
    burst: (...args) => { for (let i = 0; i < 20; i++) socket.volatile.emit('burst', ...data(args)) },
    bytes: (...args) => socket.emit('bytes', Buffer.from('abc'), ...args),
    bye: () => socket.disconnect(),
    'bye all': () => socket.disconnect(true)
  }
}

/** What others hear. */
function common (socket: Socket, guarded: boolean): Record<string, Handler> {
  const nsp = socket.nsp as unknown as Loose
  const may = (room: unknown): room is string => !guarded || typeof room === 'string'
  return {
    beside: (...args) => socket.broadcast.emit('beside', ...args),
    all: (...args) => nsp.emit('all', ...args),
    join: (room) => may(room) && socket.join(room),
    room: async (room, ...args) => {
      if (!may(room)) return
      await socket.join(room)
      nsp.to(room).emit('room', ...args)
    },
    leave: (room) => may(room) && socket.leave(room),
    empty: (room) => { if (may(room)) nsp.in(room).socketsLeave(room) },
    'ask all': async (...args) => {
      const answers = await nsp.timeout(PATIENCE).emitWithAck('asked', ...data(args)).catch(({ responses }: { responses: unknown }) => responses)
      socket.emit('answered', answers)
    },
    who: async () => {
      const found = await nsp.fetchSockets().catch(() => [])
      socket.emit('found', found.length, found.find(({ id }) => id === socket.id)?.data)
    }
  }
}

/** What the other node hears. */
function distributed ({ nsp }: Socket, guarded: boolean): Record<string, Handler> {
  const loose = nsp as unknown as Loose
  return {
    nodes: (...args) => loose.serverSideEmit('told', ...args),
    'nodes named': (name, ...args) => {
      if (!guarded && typeof name === 'string' && !RESERVED.includes(name)) loose.serverSideEmit(name, ...args)
    },
    'ask nodes': (...args) => loose.serverSideEmitWithAck('ask node', ...data(args)).catch(() => {})
  }
}

function attach (socket: Socket, { guarded, adapter }: Setup): void {
  const handlers = new Map<unknown, Handler>(Object.entries({ ...personal(socket), ...common(socket, guarded), ...adapter === 'redis' && distributed(socket, guarded) }))
  socket.prependAny(() => { socket.data = { ...socket.data, count: Number(Object(socket.data).count ?? 0) + 1 } })
  socket.onAny((name: string, ...args: Args) => handlers.has(name) || socket.emit(name, ...data(args)))
  socket.onAnyOutgoing(() => {})
  socket.use(([name], next) => next(name === 'forbidden' ? new Error('forbidden') : undefined))
  const own = guarded ? (handler: Handler): Handler => handler : catching
  for (const [name, handler] of handlers) socket.on(String(name), own(handler))
  socket.on('disconnecting', own(() => socket.to([...socket.rooms]).emit('left', Object(socket.data).kept)))
}

/** What nodes say to each other is listened to in every namespace. */
function listen (nsp: Namespace): void {
  nsp.on('told' as never, ((...args: Args) => nsp.local.emit('told', ...args.slice(0, 3))) as never)
  nsp.on('ask node' as never, ((...args: Args) => {
    const ack = args.pop()
    if (isAck(ack)) ack(args)
  }) as never)
  nsp.on('settled' as never, ((ack: Handler) => { ack() }) as never)
}

/** Makes a Server an application. */
export function serve (io: Server, setup: Setup): void {
  const connected = (socket: Socket): void => attach(socket, setup)
  const keepAuth = (socket: Socket, next: () => void): void => {
    socket.data = { auth: socket.handshake.auth as unknown }
    next()
  }
  io.on('new_namespace', listen)
  listen(io.of('/'))
  io.of('/').use(keepAuth).on('connection', connected)
  io.of(/^\/dyn-[^]*$/).use(keepAuth).on('connection', connected)
  io.of('/slow').use((_socket, next) => { setTimeout(next, 20) }).on('connection', connected)
  io.of('/refused').use((socket, next) => next(Object.assign(new Error('refused'), { data: socket.handshake.auth as unknown })))
  io.of('/bystander').on('connection', (socket) => socket.on('echo', (value: unknown, ack: unknown) => { if (isAck(ack)) ack(value) }))
}
