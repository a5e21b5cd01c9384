import type { FastifyRequest } from 'fastify'

/** For `authorize`: the query says, as `as`, what becomes of a handshake. */
export async function verdictOn ({ query }: FastifyRequest): Promise<false | { user: string | undefined }> {
  const { as } = query as { as?: string }
  if (as === 'no') return false
  if (as === 'busy') throw Object.assign(new Error('later'), { statusCode: 503 })
  if (as === 'odd') throw Object.assign(new Error('odd'), { statusCode: 200 })
  if (as === 'broken') throw new Error('the database is down')
  return { user: as }
}
