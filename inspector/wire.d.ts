import type { DialectName } from '../types/socket.js'

export type Kind = 'open' | 'close' | 'heartbeat' | 'probe' | 'upgrade' | 'noop' | 'connect' | 'disconnect' | 'event' | 'ack' | 'message' | 'binary' | 'error' | 'unknown'
export declare function visible (text: string): string
export declare function readFrame (frame: string | Uint8Array | ArrayBuffer, dialect: DialectName): { kind: Kind, meaning: string }
export declare function framesOf (payload: string | Uint8Array | ArrayBuffer, dialect: DialectName): (string | Uint8Array)[]
