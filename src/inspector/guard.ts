// Who may use the inspector: the application's own rule, and no page of another origin.
import type { FastifyRequest, preHandlerHookHandler } from 'fastify'
import type { InspectorOptions } from '../../types/inspector.js'
import { InspectorRefusedError } from '../errors.js'

const hostOf = (origin: string): string | undefined => URL.canParse(origin) ? new URL(origin).host : undefined

/**
 * Whether a browser sends this request for a page of the inspector's own origin. Browsers say so by `Sec-Fetch-Site`, on unencrypted connections by `Origin` only.
 * @param byDefault the answer if the request says nothing
 */
function isSameOrigin ({ headers, host }: FastifyRequest, byDefault: boolean): boolean {
  const { 'sec-fetch-site': site, origin } = headers
  if (site !== undefined) return site === 'same-origin' || (byDefault && site === 'none')
  return origin === undefined ? byDefault : hostOf(origin) === host
}

/**
 * A hook for the data: a page of another origin gets none, even if the application's CORS allows it and the browser sends the cookies of an operator. Only
 * what changes something must prove that it comes from the page (CSRF).
 */
export const checkOrigin: preHandlerHookHandler = function checkOrigin (request, _reply, done) {
  if (isSameOrigin(request, request.method === 'GET')) done()
  else done(new InspectorRefusedError('it does not come from the page of the inspector; a program must send the header Origin with the address of this server'))
}

/** A hook for the option `authorize`. */
export const authorizeBy = (authorize: NonNullable<InspectorOptions['authorize']>) => async (request: FastifyRequest): Promise<void> => {
  if (await authorize(request) !== true) throw new InspectorRefusedError('the option "authorize" did not return true')
}
