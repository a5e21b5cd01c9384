import type { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'

/** @param next returns the port of the node that gets a request; `answer` emits 'close' when it is over */
export declare function createProxy (next: (request: IncomingMessage, answer: EventEmitter) => number): Server
