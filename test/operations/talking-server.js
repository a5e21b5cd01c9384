// The application of docs/proxies.md as it stands there, which hears the event 'say', and writes it to the file HEARD before it acknowledges it.
import { appendFileSync } from 'node:fs'
import process from 'node:process'
import { app } from '../../examples/production.js'

app.io.on('connection', (socket) => socket.on('say', (text, ack) => {
  appendFileSync(process.env.HEARD, `${text}\n`)
  ack('heard')
}))
