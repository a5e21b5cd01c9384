// The table of transports, with a row for each. A row contains what the routes need.
import type { TransportName } from '../session/transport.js'
import { htmlfile } from './htmlfile.js'
import { decodeBody as decodeForm } from './jsonp-polling.js'
import type { StreamFormat } from './stream.js'
import { decodeBody } from './xhr-polling.js'
import { xhrMultipart } from './xhr-multipart.js'

interface CommonRow {
  /** Returns the payload in the body of a POST. */
  readonly decodeBody: (body: string) => string
  /** Whether answers to GETs carry CORS headers; scripts and frames need none (docs/revision-1.md, Cross-origin answers). */
  readonly cors: boolean
}

interface PollRow extends CommonRow {
  readonly kind: 'poll'
  readonly contentType: string
  /** Whether answers to GETs are scripts. */
  readonly jsonp: boolean
}

interface StreamRow extends CommonRow {
  readonly kind: 'stream'
  readonly format: () => StreamFormat
}

interface WebSocketRow extends CommonRow {
  readonly kind: 'websocket'
}

/** One row of the table. */
export type TransportRow = PollRow | StreamRow | WebSocketRow

/** The content types of polls. With `nosniff`, pages run only scripts of this type. */
export const CONTENT_TYPES = { text: 'text/plain; charset=UTF-8', script: 'text/javascript; charset=UTF-8' } as const

/** A transport of revision 1. */
export type Revision1Transport = Exclude<TransportName, 'polling'>

/** Every transport of revision 1, in the order in which the old server offered them. */
export const TRANSPORTS: Readonly<Record<Revision1Transport, TransportRow>> = {
  websocket: { kind: 'websocket', decodeBody, cors: false },
  flashsocket: { kind: 'websocket', decodeBody, cors: false },
  htmlfile: { kind: 'stream', decodeBody, cors: false, format: () => htmlfile },
  'xhr-multipart': { kind: 'stream', decodeBody, cors: true, format: xhrMultipart },
  'xhr-polling': { kind: 'poll', decodeBody, cors: true, jsonp: false, contentType: CONTENT_TYPES.text },
  'jsonp-polling': { kind: 'poll', decodeBody: decodeForm, cors: false, jsonp: true, contentType: CONTENT_TYPES.script }
}

/** The transports of all dialects. All have `websocket`; only Engine.IO has `polling`. */
export const TRANSPORT_NAMES: readonly TransportName[] = [...Object.keys(TRANSPORTS) as Revision1Transport[], 'polling']

/** Tells whether revision 1 has the transport. */
export const isRevision1 = (name: string): name is Revision1Transport => Object.hasOwn(TRANSPORTS, name)
