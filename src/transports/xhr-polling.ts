// xhr-polling: GETs answered with a payload as text, POSTs with a payload as body.

/** The payload of a POST: the body, whatever its Content-Type says (XDomainRequest sends none; WIRE.md 5). */
export const decodeBody = (body: string): string => body
