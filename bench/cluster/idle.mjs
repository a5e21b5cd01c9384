export { idle as default } from './nodes.mjs'
