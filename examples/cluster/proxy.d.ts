import type { Server } from 'node:http'

/** @param next returns the port of the node that gets the next request */
export declare function createProxy (next: () => number): Server
