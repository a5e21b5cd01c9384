// Plain JavaScript, because every runtime loads the same file.
import type { Server } from 'socket.io'

export const GREETING: string
export function answerScenario (io: Server): void
