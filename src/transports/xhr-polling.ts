// xhr-polling: GETs answered with a payload as text, POSTs with a payload as body.

/** The payload of a POST: the body, with any Content-Type or none, as XDomainRequest sends it (docs/revision-1.md, Transports). */
export const decodeBody = (body: string): string => body
