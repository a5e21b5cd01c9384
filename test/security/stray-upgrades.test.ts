// CVE-2020-7693: `Upgrade: websocket` on a route that takes none ended the process of sockjs, which answered the request and then wrote to its
// socket again. Here every such route answers, in its own words, and ends the connection: nothing reads it any more.
import t from 'tap'
import { ALL } from '../kit/revision-1/client.js'
import type { Teardown } from '../kit/teardown.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { BAD_REQUEST, UNKNOWN_SESSION } from './refusal-texts.js'
import { echoes, engine, revision1, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import { FIN, frame, OPCODE } from '../kit/raw/frames.js'
import { RawConnection } from '../kit/raw/connection.js'

/** A request, and the status and body that it is answered with. */
type Row = readonly [method: string, path: string, status: number, body: string | RegExp]

const NO_TRANSPORT = '{"code":0,"message":"Transport unknown"}'
const NO_METHOD = '{"code":2,"message":"Bad handshake method"}'
const NO_VERSION = '{"code":5,"message":"Unsupported protocol version"}'
const NOT_FOUND = /"statusCode":404\}$/
const METHODS = ['PUT', 'PATCH', 'DELETE']

/** Whatever is no WebSocket of revision 1. */
function ofRevision1 (sid: string): Row[] {
  const paths = [
    '', '/', '/x', '/1', '/1/', '/1/?jsonp=0', '/1/websocket', '/1/websocket/', '/1/flashsocket/', '/2/', `/1/unknown/${sid}`, `/1//${sid}/?disconnect`,
    `/1/websocket/${sid}/more`, `/1/websocket/${'a'.repeat(101)}`, '/1/../../'
  ]
  for (const name of ALL.filter((name) => !name.endsWith('socket'))) paths.push(`/1/${name}`, `/1/${name}/${sid}`, `/1/${name}/unknown`, `/1/${name}/${sid}?i=0&disconnect`)
  return [
    ...paths.map((path): Row => ['GET', `/socket.io${path}`, 400, 'bad request']),
    ['GET', `/socket.io/2/websocket/${sid}`, 500, 'Protocol version not supported.'],
    ['GET', '/socket.io/socket.io.js', 404, NOT_FOUND],
    ['POST', `/socket.io/1/websocket/${sid}`, 400, 'transport unknown or not enabled'],
    ['POST', `/socket.io/1/xhr-polling/${sid}`, 200, '1'],
    ...METHODS.map((method): Row => [method, `/socket.io/1/websocket/${sid}`, 404, NOT_FOUND])
  ]
}

/** Whatever is no WebSocket of Engine.IO. */
function ofEngine (eio: number, sid: string): Row[] {
  const url = (query: string): string => `/socket.io/?EIO=${eio}${query}`
  return [
    ...['', '&j=0', `&sid=${sid}`, '&sid=unknown'].map((query): Row => ['GET', url(`&transport=polling${query}`), 400, BAD_REQUEST]),
    ...['', '&transport=', '&transport=flashsocket', `&transport=x&sid=${sid}`].map((query): Row => ['GET', url(query), 400, NO_TRANSPORT]),
    ['GET', url('&transport=websocket&sid=unknown'), 400, UNKNOWN_SESSION],
    ['GET', `/socket.io/?EIO=${7 - eio}&transport=websocket&sid=${sid}`, 400, BAD_REQUEST],
    ['GET', `/socket.io/?EIO=5&transport=websocket&sid=${sid}`, 400, NO_VERSION],
    ['GET', `/socket.io/?transport=websocket&sid=${sid}`, 400, NO_VERSION],
    ...['POST', ...METHODS].map((method): Row => [method, url('&transport=websocket'), 400, NO_METHOD])
  ]
}

/** What is no URL of ours, or none at all. */
const ELSEWHERE: Row[] = [
  ['GET', '/', 200, 'hello'],
  ['GET', '/elsewhere', 404, NOT_FOUND],
  ['GET', '/socket.iox/1/websocket/x', 404, NOT_FOUND],
  ['GET', '//socket.io/1/websocket/x', 404, NOT_FOUND],
  ['GET', '//socket.io/?EIO=4&transport=websocket', 404, NOT_FOUND],
  ['GET', '/socket.io/%', 400, /"code":"FST_ERR_BAD_URL"/],
  ['GET', '/socket.io/1/websocket/%zz', 400, /"code":"FST_ERR_BAD_URL"/]
]

async function rows (t: Teardown, port: number) {
  const clients = [await revision1(t, port, 'xhr-polling'), ...await Promise.all(VERSIONS.map((eio) => engine(t, port, eio, 'xhr')))]
  const [old, three, four] = clients.map(({ sid }) => sid)
  return { clients, all: [...ofRevision1(String(old)), ...ofEngine(3, String(three)), ...ofEngine(4, String(four)), ...ELSEWHERE] }
}

for (const face of FACES) {
  t.test(`${face}: an upgrade where there is none is answered, and its connection ended`, async (t) => {
    const target = await startTarget(t, face)
    const { all, clients } = await rows(t, target.port)
    const { sessions } = await target.state()
    await withstands(t, target, { held: 4, peak: 32 }, async () => {
      for (const [method, path, status, body] of all) {
        const raw = new RawConnection(target.port)
        await raw.write(head(method, path, ...UPGRADE, ...(method === 'GET' ? [] : ['Content-Length: 0'])))
        const answer = await raw.answer()
        t.equal(answer.status, status, `${method} ${path}`)
        t.match(answer.body, body)
        await raw.write(frame(FIN | OPCODE.text, '3:::intruder'))
        await raw.closed
        t.equal(raw.received.length, 0, 'and nothing after it')
      }
    })
    const after = await target.state()
    t.equal(after.sessions, sessions, 'none was opened, and none ended')
    for (const client of clients) await t.resolves(echoes(client, 'still here'))
  })
}
