// Starts the soak. Node 20 runs no TypeScript by itself.
await import('../runner/typescript.js')
await import('./main.js')
