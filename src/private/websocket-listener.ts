// Private part of @fastify/websocket: the listener for 'upgrade' of an instance that the app has registered.
// What: the name of the function, `onUpgrade`. Seen in 11.0 to 11.3.
// When it is gone: upgrades of the app's own instance reach all listeners of the server, as without this plugin. So a listener that answers or destroys all
//   upgrades (@fastify/http-proxy at `/`) gets them too. The plugin's instance does not need the listener.
import type { Server } from 'node:http'

type Listener = ReturnType<Server['listeners']>[number]

/** Returns the listener; undefined if there is none, or more than one: then there are several instances, and it is not known which one is meant. */
export function websocketListener (server: Server): Listener | undefined {
  const [listener, second] = server.listeners('upgrade').filter(({ name }) => name === 'onUpgrade')
  return second === undefined ? listener : undefined
}
