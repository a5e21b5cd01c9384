import type { Transform } from 'node:stream'

declare const Progress: new () => Transform
export default Progress
