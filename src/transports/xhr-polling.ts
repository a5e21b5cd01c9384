// xhr-polling: a GET is answered with a payload as text, and the body of a POST is a payload.

/** Returns the payload of a POST: the body, with any Content-Type or none, as XDomainRequest sends it (docs/revision-1.md, Transports). */
export const decodeBody = (body: string): string => body
