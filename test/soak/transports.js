// Every transport of every dialect as a row: how its client begins, and what carries it.
import { handshake, PollingLink, StreamLink } from './http-links.js'
import { UpgradingLink, WebSocketLink } from './websocket-links.js'

const KINDS = { polling: PollingLink, stream: StreamLink, websocket: WebSocketLink, upgrade: UpgradingLink }

/** The ways to speak revision 1: the name on the wire, and what it is. */
const REVISION_1 = [
  ['websocket', 'websocket'], ['flashsocket', 'websocket'], ['htmlfile', 'stream'], ['xhr-multipart', 'stream'], ['xhr-polling', 'polling'], ['jsonp-polling', 'polling']
]
/** The same for both versions of Engine.IO. */
const ENGINE = [['polling', 'polling'], ['jsonp', 'polling'], ['websocket', 'websocket'], ['upgrade', 'upgrade']]

async function openRevision1 ({ row, face, at }) {
  const way = { at, dialect: row.dialect, url: `/${face}/1/`, jsonp: row.name === 'jsonp-polling' ? '?i=0' : '', stream: row.name }
  const sid = await handshake(way)
  way.url += `${row.name}/${sid}`
  return { sid, link: new KINDS[row.kind](way) }
}

async function openEngine ({ row, face, at }) {
  const transport = row.kind === 'websocket' ? 'websocket' : 'polling'
  const url = `/${face}/?EIO=${row.dialect.at(-1)}&transport=${transport}`
  return { link: new KINDS[row.kind]({ at, dialect: row.dialect, url, jsonp: row.name === 'jsonp' ? '&j=0' : '' }) }
}

/** `kind`: what carries it; `open({ row, face, at })`: the session's id, where it has one by then, and its link, not started. */
export const ROWS = [
  ...REVISION_1.map(([name, kind]) => ({ dialect: 'revision 1', name, kind, open: openRevision1 })),
  ...['engine 3', 'engine 4'].flatMap((dialect) => ENGINE.map(([name, kind]) => ({ dialect, name, kind, open: openEngine })))
]

/** The paths of the server that a row is served on. */
export const facesOf = ({ dialect }) => dialect === 'revision 1' ? ['packets', 'server'] : ['packets', 'server', 'raw']
