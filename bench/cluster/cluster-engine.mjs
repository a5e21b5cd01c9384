// Peer: @socket.io/cluster-engine over Redis. There only when CLUSTER_ENGINE is a checkout of it that has been built, with the package `redis`,
// and redis-server is installed. The first node starts Redis, on the same CPU, and what Redis costs is counted.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const { CLUSTER_ENGINE: checkout } = process.env

function startRedis (port) {
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
  process.on('exit', () => redis.kill('SIGKILL'))
}

async function connect (createClient, url) {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } })
  client.on('error', () => {}) // Redis has not started yet
  await client.connect()
  return client
}

export default {
  name: 'cluster-engine',
  dialects: { 'eio4-polling': {}, 'eio4-polling-parked': {}, 'eio4-upgrade': {} },
  behindProxy: true,
  nodes: 2,
  edge: 1,
  available: () => checkout !== undefined && fs.existsSync(path.join(checkout, 'dist/index.js')) && spawnSync('redis-server', ['--version']).status === 0,
  async serve (port, { node, linkPorts: [redisPort] }) {
    if (node === 0) startRedis(redisPort)
    const require = createRequire(path.resolve(checkout, 'package.json'))
    const { createClient } = require('redis')
    const { RedisEngine } = require('./dist/index.js')
    const url = `redis://127.0.0.1:${redisPort}`
    const engine = new RedisEngine(await connect(createClient, url), await connect(createClient, url))
    const http = createServer((request, response) => response.end())
    engine.attach(http, { path: '/engine.io' })
    engine.on('connection', (socket) => socket.on('message', (message) => socket.send(message)))
    await sleep(200) // until its channels have been subscribed to, which it does not report
    await new Promise((resolve) => http.listen(port, '127.0.0.1', 4096, resolve))
  }
}
