import session from 'express-session'
import Fastify from 'fastify'
import fastifySocketIO from 'fastify-socketio-transports/fastify-socket.io'

const fastify = Fastify({ logger: true })
await fastify.register(fastifySocketIO)

const onlyForHandshake = (middleware) => (req, res, next) => {
  if (req._query.sid === undefined) middleware(req, res, next)
  else next()
}

fastify.io.engine.use(onlyForHandshake(session({ secret: 'changeit', resave: false, saveUninitialized: true })))
fastify.io.engine.use(onlyForHandshake((req, res, next) => {
  if (req.session.banned !== true) return next()
  res.writeHead(403)
  res.end()
}))

fastify.io.on('connection', (socket) => {
  const { session } = socket.request
  session.visits = (session.visits ?? 0) + 1
  session.save()
  socket.emit('visits', session.visits)
})

await fastify.listen({ port: Number(process.env.PORT ?? 3000) })
