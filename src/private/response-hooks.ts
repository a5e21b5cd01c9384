// Private part of Fastify: the hooks of an instance.
// What: a property of the instance whose name is a symbol with the description `fastify.hooks`, an object with a list of functions for each hook. Seen in
//   5.0 to 5.12.
// When it is gone: it counts as if the app had hooks `onResponse`, so each WebSocket keeps Fastify's request and reply in memory until it ends.

/** Returns how many hooks `onResponse` an instance has, those of the instances around it included; undefined if it is not known. */
export function countResponseHooks (instance: object): number | undefined {
  const symbol = Object.getOwnPropertySymbols(instance).find(({ description }) => description === 'fastify.hooks')
  if (symbol === undefined) return undefined
  const { onResponse }: { onResponse?: unknown } = Object(Reflect.get(instance, symbol))
  return Array.isArray(onResponse) ? onResponse.length : undefined
}
