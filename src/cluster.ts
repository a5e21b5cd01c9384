// The entry `fastify-socketio-transports/cluster`: several nodes that serve each other's sessions.
export { setupPrimary } from './cluster/members/ipc-primary.js'
export { nodes } from './cluster/nodes.js'
