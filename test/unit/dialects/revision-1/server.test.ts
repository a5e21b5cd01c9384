import t from 'tap'
import { connected, setUp } from '../../../kit/fakes/server-face.js'

t.test('packets wait until the Server has connected the default endpoint, and one tick longer', async (t) => {
  const { client, server, later } = setUp()
  t.strictSame(client('3:::one', '5:1+::{"name":"two"}', '4:::[3]'), [])
  t.strictSame(server('0{"sid":"abc"}'), ['1::'])
  t.strictSame(client('3:::four'), [], 'its listeners have not run yet')
  t.strictSame(await later(), ['2["message","one"]', '20["two"]', '2["message",[3]]', '2["message","four"]'])
  t.strictSame(client('3:::five'), ['2["message","five"]'])
})

t.test('an event that follows the connect of its endpoint at once waits for the answer', async (t) => {
  const { client, server, later } = await connected([])
  t.strictSame(client('1::/chat', '5::/chat:{"name":"hi","args":["x"]}'), ['0/chat,'])
  t.strictSame(server('0/chat,{"sid":"abc"}'), ['1::/chat'])
  t.strictSame(await later(), ['2/chat,["hi","x"]'])
})

t.test('what waits is bounded: what goes beyond is dropped', async (t) => {
  const { client, server, later } = setUp({ maxPayload: 100 })
  client('3:::12345678', `3:::${'x'.repeat(100)}`, '3:::x')
  server('0{"sid":"abc"}')
  t.strictSame(await later(), ['2["message","12345678"]'])
})

t.test('every repeated connect is answered, and the Server hears of none', async (t) => {
  const { client, server, later } = await connected(['/chat'])
  t.strictSame(client('1::/chat', '1::/chat:?a=1', '1::'), [])
  t.strictSame(server(), ['1::/chat', '1::/chat', '1::'])
  t.strictSame(await later(), [])
})

t.test('a connect that is repeated before the answer has that answer', async (t) => {
  const { client, server, later } = await connected([])
  t.strictSame(client('1::/chat', '1::/chat', '3::/chat:x'), ['0/chat,'])
  t.strictSame(server('0/chat,{"sid":"abc"}'), ['1::/chat'])
  t.strictSame(await later(), ['2/chat,["message","x"]'])
  t.strictSame(server(), [])
})

t.test('packets to an endpoint that is unknown or refused are dropped', async (t) => {
  const { client, server, later } = await connected([])
  t.strictSame(client('3::/nope:x', '5:1+:/nope:{"name":"e"}', '0::/nope', '6::/nope:1'), [])
  client('1::/nope', '3::/nope:x')
  server('4/nope,{"message":"Invalid namespace"}')
  t.strictSame(client('3::/nope:x'), [])
  t.strictSame(await later(), [])
})

t.test('a namespace that does not exist is silence; any other refusal is an error packet', async (t) => {
  const { client, server } = await connected([])
  client('1::/nope', '1::/refused', '1::/odd')
  t.strictSame(server('4/nope,{"message":"Invalid namespace"}'), [])
  t.strictSame(server('4/refused,{"message":"not you"}'), ['7::/refused:2'])
  t.strictSame(server('4/odd,{"message":"x","data":{"code":7}}'), ['7::/odd:2'])
  t.strictSame(client('1::/refused'), ['0/refused,'], 'it may be asked for again')
})

t.test('the refusal of the default endpoint is an error packet', async (t) => {
  const { client, server, later } = setUp()
  client('3:::x')
  t.strictSame(server('4{"message":"not you"}'), ['7:::2'])
  t.strictSame(client('3:::y'), [])
  t.strictSame(await later(), [])
})

t.test('events of reserved names never reach the Server', async (t) => {
  const { client } = await connected([])
  for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']) {
    t.strictSame(client(`5:::{"name":"${name}"}`, `5:1+::{"name":"${name}","args":[1]}`), [], name)
  }
  t.strictSame(client('5:::{"name":"error"}'), ['2["error"]'], 'others do')
})

t.test('endpoints that the Server would know by another name are dropped', async (t) => {
  const { client, later } = await connected([])
  const names = [
    '//evil', '///', '//', '/', '/ä', '/chat?x=1', '/chat#x', '/a/../b', '/a/./b', '/..', '/.', '/%2e%2e', '/a,b', '/,', 'chat', 'http', ' /chat',
    '/chat ', '/a b', '/a\tb', '/a\nb', '/a\\b', '/\\evil', '/a"b', '/a<b', '/😀', '/\ud83d', '/a\u2028', '/\0'
  ]
  for (const name of names) t.strictSame(client(`1::${name}`, `3::${name}:x`), [], Buffer.from(name).toString('latin1').replaceAll(/[^!-~]/g, '_'))
  t.strictSame(await later(), [])
})

t.test('endpoints that the Server knows by the same name are connected', async (t) => {
  const { client } = await connected([])
  for (const name of ['/chat', '/a/b', '/a-b_c.d~e', '/A', '/7', '/%20', '/chat/', '/a@b', '/a=b&c', '/*', '/__proto__']) {
    t.strictSame(client(`1::${name}`), [`0${name},`], name)
  }
})

t.test('an endpoint\'s query goes with the connect, its commas escaped', async (t) => {
  const { client, server } = await connected([])
  t.strictSame(client('1::/chat:?token=9'), ['0/chat?token=9,'])
  t.strictSame(server('0/chat,{"sid":"abc"}'), ['1::/chat'], 'and is not answered')
  t.strictSame(client('1::/list:?a=1,2,3&b=:'), ['0/list?a=1%2C2%2C3&b=:,'])
})

t.test('what stands where the query would, and is none, does not become part of the name', async (t) => {
  const { client, server, later } = await connected([])
  t.strictSame(client('1::/chat:room'), ['0/chat,'])
  t.strictSame(server('0/chat,{"sid":"abc"}'), ['1::/chat'])
  await later()
  t.strictSame(client('3::/chat:x'), ['2/chat,["message","x"]'])
  t.strictSame(client('1::/a:/../b', '1::/c:\x91'), ['0/a,', '0/c,'])
})

t.test('a session has so many endpoints and no more', async (t) => {
  const { client, server, later } = await connected(['/a'], { maxEndpoints: 2 })
  t.strictSame(client('1::/b', '1::/c'), ['0/b,'])
  server('0/b,{"sid":"abc"}')
  await later()
  t.strictSame(client('0::/a'), ['1/a,'])
  await later()
  t.strictSame(client('1::/c'), ['0/c,'], 'one that is left makes room')
})

t.test('error packets of the client mean nothing', async (t) => {
  const { client } = await connected([])
  t.strictSame(client('7:::1+0', '7:::'), [])
})

t.test('an endpoint that the client leaves is left at once', async (t) => {
  const { client, server, later } = await connected(['/chat'])
  t.strictSame(client('0::/chat', '3::/chat:x'), ['1/chat,'])
  t.strictSame(await later(), [], 'what follows is dropped')
  t.strictSame(client('3::/chat:x', '0::/chat'), [])
  t.strictSame(server(), [], 'and nothing is answered')
})

t.test('an endpoint that is left and connected at once is connected anew behind it', async (t) => {
  const { client, server, later } = await connected(['/chat'])
  t.strictSame(client('0::/chat', '3::/chat:lost', '1::/chat', '3::/chat:kept'), ['1/chat,', '0/chat,'])
  t.strictSame(server('0/chat,{"sid":"abc"}'), ['1::/chat'])
  t.strictSame(await later(), ['2/chat,["message","kept"]'])
})

t.test('an endpoint that is left and connected anew before it was connected is connected twice', async (t) => {
  const { client, server, later } = await connected([])
  t.strictSame(client('1::/chat', '3::/chat:one', '0::/chat', '1::/chat', '3::/chat:two'), ['0/chat,'])
  t.strictSame(server('0/chat,{"sid":"abc"}'), ['1::/chat'])
  t.strictSame(await later(), ['2/chat,["message","one"]', '1/chat,', '0/chat,'])
  t.strictSame(server('0/chat,{"sid":"abc"}'), ['1::/chat'])
  t.strictSame(await later(), ['2/chat,["message","two"]'])
})

t.test('an endpoint from which the Server disconnects the client is left', async (t) => {
  const { client, server, seen } = await connected(['/chat'])
  t.strictSame(server('1/chat,'), ['0::/chat'])
  t.strictSame(client('3::/chat:x'), [])
  t.strictSame(client('1::/chat'), ['0/chat,'], 'it may be asked for again')
  t.equal(seen.disconnects, 0)
})

t.test('the Server\'s disconnect of the default endpoint is the session\'s', async (t) => {
  const { server, seen } = await connected([])
  t.strictSame(server('1'), [], 'the goodbye is the session\'s business')
  t.equal(seen.disconnects, 1)
})

t.test('a client that leaves has left every endpoint that is connected', async (t) => {
  const { client, face, later } = await connected(['/a', '/b'])
  client('1::/c')
  face.disconnectAll()
  t.strictSame(await later(), ['1', '1/a,', '1/b,'])
  t.strictSame(client('3:::x', '3::/a:x'), [], 'and nothing of it is taken any more')
})

t.test('a client that leaves as one of its endpoints is about to be connected anew has left that too', async (t) => {
  const { client, face, later } = await connected(['/chat'])
  t.strictSame(client('0::/chat', '1::/chat'), ['1/chat,', '0/chat,'])
  face.disconnectAll()
  t.strictSame(await later(), ['1'])
})
