// The target ws, whose streams are not ended again after they have ended. See docs/performance.md.
//   node bench/run.mjs --metrics pair-connect --targets bench/upstream/ws-ends-once.mjs --against ws
import net from 'node:net'
import { Receiver } from 'ws'
import ws from '../targets/ws.mjs'

for (const { prototype } of [Receiver, net.Socket]) {
  const { end } = prototype
  prototype.end = function (...args) { return this.writableEnded ? this : end.apply(this, args) }
}

export default { ...ws, name: 'ws, ends once', floor: undefined }
