export { direct as default } from './nodes.mjs'
