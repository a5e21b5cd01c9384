import { io } from 'socket.io-client'

const socket = io('http://localhost:3000')
socket.on('chat', (text) => console.log(text))
const answer = await socket.timeout(5000).emitWithAck('chat', 'hello from Node')
console.log(answer)
socket.disconnect()
