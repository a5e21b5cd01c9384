import { io } from 'socket.io-client'

const show = (line) => document.body.append(line, document.createElement('br'))

const socket = io('http://localhost:3000')
socket.on('connect', () => show('connected'))
socket.on('connect_error', (error) => show(`not connected: ${error.message}`))
socket.on('chat', show)
socket.emit('chat', 'hello from Vite', show)
