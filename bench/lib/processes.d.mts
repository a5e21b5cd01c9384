import type { Baton } from './baton.mjs'
import type { Target } from './targets.mjs'

export interface ProcessSettings { serverCpu: string, clientCpu: string, nodeArgs: string[], timeout: number }
export interface Side { dialect: string, options: object, port: number, home?: number, pids: number[] }
export class ServerProcess {
  static start (target: Target, settings: ProcessSettings): Promise<ServerProcess>
  readonly port: number
  readonly pid: number
  stop (): Promise<void>
}
export function runClient (job: { job: string, sides: Side[], settings: object, servers: ServerProcess[], baton?: Baton }, settings: ProcessSettings): Promise<unknown>
