// Clients that do no harm, one in each dialect and each on another transport: they send messages and hear them come back.
import { Client, fetchText } from '../helpers/client.js'
import { EngineClient } from '../helpers/engine-client.js'
import type { Eio, Way } from '../helpers/engine-client.js'

/** One session, of somebody else than the attacker. */
export interface Bystander {
  readonly name: string
  /** Sends a message and waits for its echo. @throws when its session is broken */
  echo (): Promise<void>
  leave (): void
}

async function revision1 (port: number): Promise<Bystander> {
  const { body } = await fetchText(`http://127.0.0.1:${port}/socket.io/1/`)
  const client = new Client(port, 'xhr-polling', body.slice(0, body.indexOf(':')))
  let count = 0
  const expect = async (packet: string): Promise<void> => {
    for (;;) {
      const next = await client.next()
      if (next === packet) return
      if (next !== '8::') throw new Error(`${packet} was expected, ${next} came`)
    }
  }
  await expect('1::')
  return {
    name: 'revision 1, xhr-polling',
    async echo () {
      const packet = `3:::bystander ${++count}`
      await client.send(packet)
      await expect(packet)
    },
    leave: () => client.close()
  }
}

async function engine (port: number, eio: Eio, way: Way): Promise<Bystander> {
  const client = new EngineClient(port, eio, way)
  let count = 0
  const expect = async (packet: string): Promise<void> => {
    for (;;) {
      const next = String(await client.next())
      if (next.startsWith(packet)) return
      if (next === '2') await client.send('3')
      else if (next !== '6') throw new Error(`${packet} was expected, ${next} came`)
    }
  }
  await client.open()
  if (eio === 4) await client.send('40')
  await expect('40')
  return {
    name: `engine ${eio}, ${way}`,
    async echo () {
      const packet = `42["message","bystander ${++count}"]`
      await client.send(packet)
      await expect(packet)
    },
    leave: () => client.close()
  }
}

/** A client that has connected. */
export async function bystander (port: number, dialect: 'revision 1' | 'engine 3' | 'engine 4'): Promise<Bystander> {
  switch (dialect) {
    case 'revision 1': return await revision1(port)
    case 'engine 3': return await engine(port, 3, 'xhr')
    case 'engine 4': return await engine(port, 4, 'websocket')
    default: return dialect satisfies never
  }
}
