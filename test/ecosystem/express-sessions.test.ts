// The pages "How to use with express-session" and "How to use with Passport.js" of socket.io, on its own server, in the drop-in and in the plugin. In the latter two,
// the routes of Express are in Fastify by @fastify/express.
import express from 'express'
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import type { Server, Socket } from 'socket.io'
import t from 'tap'
import type { Test } from 'tap'
import { ask, connectOfficial } from '../kit/official-clients.js'
import type { Generation, Peer } from '../kit/official-clients.js'
import { fetchText } from '../kit/request.js'
import { Revision1Client } from '../kit/revision-1/client.js'
import { EVERYWHERE, OURS } from '../kit/servers/three-places.js'
import type { Place } from '../kit/servers/three-places.js'
import type { Teardown } from '../kit/teardown.js'

declare module 'express-session' {
  interface SessionData { count?: number }
}

declare global {
  namespace Express {
    interface User { username?: string }
  }
}

type Answer = (...args: unknown[]) => void

// The pages say `resave: true`. But then the answer to a poll that began earlier may overwrite what another request has saved, on each of the servers.
const newSession = (): RequestHandler => session({ secret: 'changeit', resave: false, saveUninitialized: true })

const onlyForHandshake = (middleware: RequestHandler) => (req: Request & { _query?: { sid?: string } }, res: Response, next: NextFunction): void => {
  if (req._query?.sid === undefined) middleware(req, res, next)
  else next()
}

/** For `io.use`. */
const wrap = (middleware: RequestHandler) => (socket: Socket, next: (error?: Error) => void): void => {
  middleware(socket.request as Request, {} as Response, next as NextFunction)
}

const requestOf = ({ request }: Socket): Request => request as Request

/** The request of a client, and the cookie that it got. */
async function cookieOf (url: string, init: RequestInit = {}): Promise<string> {
  const { headers } = await fetch(url, { redirect: 'manual', ...init })
  return String(headers.get('set-cookie')).split(';')[0] ?? ''
}

const TRANSPORTS = [['polling'], ['websocket'], ['polling', 'websocket']]

interface Case { generation: Generation, transports: string[], name: string }

const CASES: Case[] = [4, 2].flatMap((generation) => TRANSPORTS.map((transports) =>
  ({ generation: generation as Generation, transports, name: `a client of ${generation}.x with ${transports.join(' and ')}` })))

/** A client with this cookie. Resolves when it has connected, and has moved if it has two transports. @throws when it is refused */
async function connect (t: Teardown, url: string, { generation, transports }: Pick<Case, 'generation' | 'transports'>, cookie?: string): Promise<Peer> {
  const headers = cookie === undefined ? {} : { extraHeaders: { cookie } }
  const client = connectOfficial(generation, url, transports, headers)
  t.teardown(() => client.disconnect())
  const moved = transports.length > 1 ? new Promise((resolve) => client.on('moved', resolve)) : undefined
  await new Promise((resolve, reject) => {
    client.on('connect', resolve)
    client.on('connect_error', reject)
  })
  await moved
  return client
}

const tellMoves = (io: Server): void => {
  io.on('connection', (socket) => socket.conn.on('upgrade', () => socket.emit('moved')))
}

/** The Express app of the page. */
function sessionApp (sessionMiddleware: RequestHandler, getIo: () => Server): Express {
  const app = express()
  app.use('/app', sessionMiddleware)
  app.get('/app', (_req, res) => { res.send('page') })
  app.post('/app/incr', ({ session }, res) => {
    session.count = (session.count ?? 0) + 1
    res.status(200).end(String(session.count))
    getIo().to(session.id).emit('current count', session.count)
  })
  app.post('/app/logout', ({ session }, res) => {
    session.destroy(() => {
      getIo().to(session.id).disconnectSockets()
      res.status(204).end()
    })
  })
  return app
}

for (const [where, start] of Object.entries(EVERYWHERE)) {
  t.test(`the page about express-session ${where}`, async (t) => {
    const sessionMiddleware = newSession()
    const place: Place = await start(t, { express: sessionApp(sessionMiddleware, () => place.io) })
    const { io, engine, url } = place
    engine.use(sessionMiddleware)
    tellMoves(io)
    io.on('connection', (socket) => {
      const req = requestOf(socket)
      socket.join(req.session.id)
      socket.on('incr', (answer: Answer) => {
        req.session.reload((error) => {
          if (error) {
            socket.disconnect()
            return
          }
          req.session.count = (req.session.count ?? 0) + 1
          req.session.save(() => answer(req.session.count, req.session.id))
        })
      })
    })

    for (const one of CASES) {
      await t.test(one.name, async (t) => {
        const cookie = await cookieOf(`${url}/app`)
        const headers = { cookie }
        const client = await connect(t, url, one, cookie)
        const heard = new Promise((resolve) => client.on('current count', resolve))
        t.equal(await (await fetch(`${url}/app/incr`, { method: 'POST', headers })).text(), '1')
        t.equal(await heard, 1)
        const [count] = await ask(client, 'incr')
        t.equal(count, 2)
        t.equal(await (await fetch(`${url}/app/incr`, { method: 'POST', headers })).text(), '3', 'the socket has saved it')
        const gone = new Promise((resolve) => client.on('disconnect', resolve))
        t.equal((await fetch(`${url}/app/logout`, { method: 'POST', headers })).status, 204)
        t.equal(await gone, 'io server disconnect')
      })
    }

    await t.test('a client without a cookie gets one, and the session is stored when the answer to a poll ends', async (t) => {
      const cookie = await cookieOf(`${url}/socket.io/?EIO=4&transport=polling`)
      t.match(cookie, /^connect\.sid=s%3A/)
      t.equal(await (await fetch(`${url}/app/incr`, { method: 'POST', headers: { cookie } })).text(), '1')
      const client = await connect(t, url, { generation: 4, transports: ['websocket'] }, cookie)
      t.equal((await ask(client, 'incr'))[0], 2, 'it is the session of the cookie')
    })

    await t.test('the session of a new client with a WebSocket alone is not stored until it is saved', async (t) => {
      const client = await connect(t, url, { generation: 4, transports: ['websocket'] })
      const gone = new Promise((resolve) => client.on('disconnect', resolve))
      client.emit('incr', () => t.fail('the session was stored'))
      t.equal(await gone, 'io server disconnect')
    })
  })
}

/** The Express app of the page about Passport. */
function passportApp (sessionMiddleware: RequestHandler, getIo: () => Server): { app: Express, users: passport.Authenticator, counts: { deserialized: number } } {
  const counts = { deserialized: 0 }
  const users = new passport.Passport()
  users.use(new LocalStrategy((username, password, done) => done(null, password === 'changeit' && { username })))
  users.serializeUser((user, done) => done(null, user.username))
  users.deserializeUser((username: string, done) => {
    counts.deserialized++
    done(null, { username })
  })
  const app = express()
  app.use('/app', sessionMiddleware, express.urlencoded({ extended: false }), users.session())
  app.post('/app/login', users.authenticate('local', { successRedirect: '/app', failureRedirect: '/app' }))
  app.post('/app/logout', ({ session }, res) => {
    session.destroy(() => {
      getIo().to(`session:${session.id}`).disconnectSockets()
      res.status(204).end()
    })
  })
  return { app, users, counts }
}

const login = (url: string, password: string): Promise<string> =>
  cookieOf(`${url}/app/login`, { method: 'POST', body: new URLSearchParams({ username: 'john', password }) })

for (const [where, start] of Object.entries(EVERYWHERE)) {
  t.test(`the page about Passport ${where}`, async (t) => {
    const sessionMiddleware = newSession()
    const { app, users, counts } = passportApp(sessionMiddleware, () => place.io)
    const place: Place = await start(t, { express: app })
    const { io, engine, url } = place
    engine.use(onlyForHandshake(sessionMiddleware))
    engine.use(onlyForHandshake(users.session()))
    engine.use(onlyForHandshake((req, res, next) => {
      if (req.user) return next()
      res.writeHead(401)
      res.end()
    }))
    tellMoves(io)
    io.on('connection', (socket) => {
      const req = requestOf(socket)
      socket.join([`session:${req.session.id}`, `user:${String(req.user?.username)}`])
      socket.on('whoami', (answer: Answer) => answer(req.user?.username, req.isAuthenticated()))
      socket.on('log out', (answer: Answer) => req.logout((error) => answer(error, req.user)))
    })

    for (const one of CASES) {
      await t.test(one.name, async (t) => {
        const cookie = await login(url, 'changeit')
        counts.deserialized = 0
        const client = await connect(t, url, one, cookie)
        t.strictSame(await ask(client, 'whoami'), ['john', true])
        t.equal(counts.deserialized, 1, 'once, for the handshake')
        const gone = new Promise((resolve) => client.on('disconnect', resolve))
        t.equal((await fetch(`${url}/app/logout`, { method: 'POST', headers: { cookie } })).status, 204)
        t.equal(await gone, 'io server disconnect')
        await t.rejects(connect(t, url, one, cookie))
      })
    }

    await t.test('nobody else is let in', async (t) => {
      t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 401)
      const cookie = await login(url, 'wrong')
      for (const one of CASES) {
        await t.rejects(connect(t, url, one))
        await t.rejects(connect(t, url, one, cookie))
      }
      t.equal(engine.clientsCount, 0)
    })

    await t.test('a user logs out by a packet', async (t) => {
      const cookie = await login(url, 'changeit')
      const client = await connect(t, url, { generation: 4, transports: ['websocket'] }, cookie)
      t.strictSame(await ask(client, 'log out'), [null, null])
      t.strictSame(await ask(client, 'whoami'), [null, false])
    })
  })

  t.test(`the same middlewares, wrapped for io.use, ${where}`, async (t) => {
    const sessionMiddleware = newSession()
    const { app, users } = passportApp(sessionMiddleware, () => place.io)
    const place: Place = await start(t, { express: app })
    const { io, url } = place
    io.use(wrap(sessionMiddleware))
    io.use(wrap(users.initialize()))
    io.use(wrap(users.session()))
    io.use((socket, next) => next(requestOf(socket).user ? undefined : new Error('unauthorized')))
    tellMoves(io)
    io.on('connection', (socket) => {
      const req = requestOf(socket)
      socket.on('whoami', (answer: Answer) => answer(req.user?.username, req.session.id, req.isAuthenticated()))
      socket.on('log out', (answer: Answer) => req.logout((error) => answer(error)))
    })
    for (const one of CASES) {
      await t.test(one.name, async (t) => {
        const cookie = await login(url, 'changeit')
        const client = await connect(t, url, one, cookie)
        t.match(await ask(client, 'whoami'), ['john', String, true])
        t.strictSame(await ask(client, 'log out'), [null])
        t.match(await ask(client, 'whoami'), [null, String, false])
      })
    }
  })
}

/** A client of 0.9 with this cookie. In a browser, its handshake sends the cookies of the page; the client in Node sends none. */
async function connectOld (t: Test, url: string, name: 'websocket' | 'xhr-polling', cookie: string): Promise<Revision1Client> {
  const { status, body } = await fetchText(`${url}/socket.io/1/`, { headers: { cookie } })
  if (status !== 200) throw new Error(`${status} ${body}`)
  const client = new Revision1Client(Number(new URL(url).port), name, body.slice(0, body.indexOf(':')))
  t.teardown(() => client.close())
  t.equal(await client.next(), '1::')
  return client
}

/** Asks for an acknowledgement without arguments. */
async function askOld (client: Revision1Client, name: string): Promise<unknown> {
  await client.send(`5:1+::{"name":"${name}"}`)
  return await client.next()
}

for (const name of ['websocket', 'xhr-polling'] as const) {
  t.test(`Passport with a client of 0.9 and ${name} in the plugin`, async (t) => {
    for (const by of ['engine.use', 'io.use']) {
      await t.test(`by ${by}`, async (t) => {
        const sessionMiddleware = newSession()
        const { app, users, counts } = passportApp(sessionMiddleware, () => place.io)
        const place: Place = await OURS['in the plugin'](t, { express: app })
        const { io, engine, url } = place
        for (const middleware of [sessionMiddleware, users.session()]) {
          if (by === 'io.use') io.use(wrap(middleware))
          else engine.use(onlyForHandshake(middleware))
        }
        io.on('connection', (socket) => {
          const req = requestOf(socket)
          socket.on('whoami', (answer: Answer) => answer(req.user?.username ?? 'nobody'))
          socket.on('log out', (answer: Answer) => req.logout(() => answer('out')))
        })
        const cookie = await login(url, 'changeit')
        counts.deserialized = 0
        const client = await connectOld(t, url, name, cookie)
        t.equal(await askOld(client, 'whoami'), '6:::1+["john"]')
        t.equal(counts.deserialized, 1)
        t.equal(await askOld(client, 'log out'), '6:::1+["out"]')
        t.equal(await askOld(client, 'whoami'), '6:::1+["nobody"]')
        t.equal(await askOld(await connectOld(t, url, name, ''), 'whoami'), '6:::1+["nobody"]')
      })
    }
  })
}
