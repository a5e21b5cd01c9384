// A session as a span. The spans of its requests, which @fastify/otel makes, are links of it.
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { channels } from 'fastify-socketio-transports'

/** Ends that are mistakes of a client, or limits. */
const ERRORS = new Set(['parse error', 'payload too large', 'too many packets', 'protocol violation', 'slow client'])

/** Makes a span for each session from now on. Returns a function that stops this. */
export function traceSessions (tracer = trace.getTracer('fastify-socketio-transports')) {
  const spans = new Map()

  function open ({ socket }) {
    const { dialect, transport, remoteAddress, openedAt } = socket
    spans.set(socket, tracer.startSpan('socket.io session', {
      root: true, // it outlives the request that opened it
      kind: SpanKind.SERVER,
      startTime: openedAt,
      attributes: { 'socketio.dialect': dialect, 'socketio.transport': transport.name, 'client.address': remoteAddress }
    }))
  }

  function request ({ socket, kind }) {
    const ofRequest = trace.getSpan(context.active())
    const span = spans.get(socket)
    if (ofRequest === undefined || span === undefined) return
    span.addLink({ context: ofRequest.spanContext(), attributes: { 'socketio.request': kind } })
    ofRequest.addLink({ context: span.spanContext() })
  }

  function move ({ socket, from, to }) {
    spans.get(socket)?.addEvent('move', { from, to }).setAttribute('socketio.transport', to)
  }

  function end ({ socket, reason, cause, traffic }) {
    const span = spans.get(socket)
    if (span === undefined) return // it was open before
    spans.delete(socket)
    span.setAttributes({ 'socketio.reason': reason, ...Object.fromEntries(Object.entries(traffic).map(([name, value]) => [`socketio.${name}`, value])) })
    if (ERRORS.has(reason)) span.setStatus({ code: SpanStatusCode.ERROR, message: cause?.message ?? reason })
    span.end()
  }

  const listeners = Object.entries({ open, request, move, end })
  for (const [name, listener] of listeners) channels[name].subscribe(listener)
  return () => { for (const [name, listener] of listeners) channels[name].unsubscribe(listener) }
}
