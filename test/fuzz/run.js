// Starts the fuzzers. Node 20 runs no TypeScript by itself.
await import('../runner/typescript.js')
await import('./main.ts')
