export { forwarded as default } from './nodes.mjs'
