// CVE-2020-11020: faye took `/meta/subscribe/x` for `/meta/subscribe` and its guards did not. Here one name is one endpoint: who is refused
// `/admin` is under no other name let in there, nor heard, nor taken for a member of what it has not joined.
import t from 'tap'
import type { Test } from 'tap'
import type { Message } from '../kit/engine-io/payload.js'
import { echoes, engine, expect, revision1, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import type { Target } from './withstands.js'

/** Names that might be taken for `/admin`. */
const NAMES = [
  '/admin/', '/admin/x', '/admin/../admin', '/./admin', '/x/../admin', '//admin', '///admin', '/Admin', '/ADMIN', 'admin', '/ admin', '/admin ', ' /admin', '/admin\t',
  '/admin\n', '/admin\0', '/admin%00', '/admin%20', '/%61dmin', '/admi%6e', '/admin;x', '/admin#', '/admin#x', '/admin?', '/admin?x=1', '?/admin', '/?/admin', '\\admin', '/\\admin',
  '/admin\\', '/\u0430dmin', '/admin\u200b', '/adm\u0131n', '//evil/admin', 'http://evil/admin', '/__proto__', '/constructor', '/admi', '/admin1', '*', '/*', '/**', '/admin*'
]

interface Attacker {
  next (): Promise<Message>
  send (...packets: string[]): Promise<void>
  close (): void
}

/** A client, and how it says what it wants. */
interface Way {
  name: string
  open (t: Test, port: number): Promise<Attacker & Parameters<typeof echoes>[0]>
  connect (endpoint: string): string
  say (endpoint: string, text: string): string
  /** How it is told that it has joined, and that it may not. */
  joined (endpoint: string): string
  refused: string
}

const REVISION_1: Way[] = (['websocket', 'xhr-polling', 'jsonp-polling'] as const).map((name) => ({
  name: `revision 1, ${name}`,
  open: (t, port) => revision1(t, port, name),
  connect: (endpoint) => `1::${endpoint}`,
  say: (endpoint, text) => `3::${endpoint}:${text}`,
  joined: (endpoint) => `1::${endpoint}`,
  refused: '7::/admin:2'
}))

const ENGINE = (face: string): Way[] => VERSIONS.flatMap((eio) => (['xhr', 'websocket'] as const).map((way) => ({
  name: `engine ${eio}, ${way}`,
  open: (t: Test, port: number) => engine(t, port, eio, way),
  connect: (endpoint: string) => `40${endpoint},`,
  say: (endpoint: string, text: string) => `42${endpoint},["message","${text}"]`,
  joined: (endpoint: string) => `40${endpoint},`,
  refused: face === 'server'
    ? `44/admin,${eio === 4 ? '{"message":"not for you"}' : '"not for you"'}`
    : `44/admin,${eio === 4 ? '{"message":"unauthorized"}' : '"unauthorized"'}`
})))

const endpointOf = (packet: string): string | undefined => /^(?:\d:[^:]*:([^:]*)|4\d(\/[^,]*),)/.exec(packet)?.slice(1).find((name) => name !== undefined)

/** What a client hears until it has heard these, in whichever order, or its session ends. */
async function hears (client: Attacker, packets: string[], until: string[]): Promise<string[]> {
  const heard: string[] = []
  const sent = client.send(...packets).catch(() => {}) // answered when what it has led to has been read
  try {
    while (!until.every((packet) => heard.includes(packet))) heard.push(String(await client.next()))
  } catch {
    heard.push('the end')
  }
  await sent
  return heard
}

async function attack (t: Test, { port }: Target, way: Way): Promise<void> {
  const { connect, say, joined, refused } = way
  const lastWord = say('', 'the last word').replace(/^3:::?/, '3:::').replace(/^42,/, '42')
  for (const name of NAMES) {
    const client = await way.open(t, port)
    const heard = await hears(client, [connect(name), say(name, 'guess'), say('/admin', 'guess'), connect('/admin'), lastWord], [refused, lastWord])
    const wrong = heard.filter((packet) => packet.includes('secret') || (packet !== refused && endpointOf(packet) === '/admin'))
    t.strictSame(wrong, [], `${way.name}: ${JSON.stringify(name)}`)
    client.close()
  }
  const client = await way.open(t, port)
  const chat = say('/chat', 'of the chat')
  await hears(client, [connect('/admin')], [refused])
  await hears(client, [connect('/chat')], [])
  await expect(client, joined('/chat'))
  t.strictSame(await hears(client, [chat], [chat]), [chat], `${way.name}: what is no secret it is told`)
  await t.resolves(echoes(client, 'still here'))
  client.close()
}

for (const face of FACES) {
  t.test(`${face}: an endpoint has one name`, async (t) => {
    const target = await startTarget(t, face)
    await withstands(t, target, { held: 8, peak: 48 }, async () => {
      for (const way of [...REVISION_1, ...ENGINE(face)]) await attack(t, target, way)
    })
  })
}
