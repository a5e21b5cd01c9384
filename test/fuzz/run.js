// Starts the fuzzers. Node 20 runs no TypeScript by itself.
await import('../loader/register.js')
await import('./main.ts')
