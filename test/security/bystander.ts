// Clients that do no harm, one in each dialect and each on another transport: they send messages and hear them come back.
import type { Teardown } from '../kit/teardown.js'
import type { DialectName } from '../../types/socket.js'
import { echoes, engine, revision1 } from './entrances.js'

/** One session, of somebody else than the attacker. */
export interface Bystander {
  /** Sends a message and waits for its echo. @throws when its session is broken */
  echo (): Promise<void>
}

/** A client that has connected. */
export async function bystander (t: Teardown, port: number, dialect: DialectName): Promise<Bystander> {
  const client = dialect === 'revision 1'
    ? await revision1(t, port, 'xhr-polling')
    : await (dialect === 'engine 3' ? engine(t, port, 3, 'xhr') : engine(t, port, 4, 'websocket'))
  let count = 0
  return {
    async echo () {
      if (dialect === 'engine 3') await client.send('2') // it is the one who says that it lives
      await echoes(client, `bystander ${++count}`)
    }
  }
}
