// Starts the soak. Node 20 runs no TypeScript by itself, so that the loader of the test runner is used for the kit.
process.env['TS_NODE_TRANSPILE_ONLY'] = '1'
await import('@tapjs/typescript/import')
await import('./main.js')
