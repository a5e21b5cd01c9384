// One page with clients of every generation side by side, over all their transports. A message of one client is sent to all.
//   npm start                       http://127.0.0.1:3000
//   npm start -- --port N --host H  or with PORT set
import { readFlags, run } from '../shared/command.js'
import { buildLive } from './app.js'

const flags = readFlags({ about: 'A page with the real clients 0.9, 1.x, 2.x, 3.x and 4.x side by side, over each of their transports.', command: 'npm start' })

await run(await buildLive(), flags)
