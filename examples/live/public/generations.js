// The rows of the page: one for each generation of client, with one cell for each transport. `holds`: the cell keeps
// one connection of the browser busy all the time.

const WEBSOCKET = { transport: 'websocket' }
const POLLING = { transport: 'polling', holds: true }
const UPGRADE = { transport: 'upgrade', note: 'Polling first, then a WebSocket.' }
const JSONP = { transport: 'jsonp-polling', holds: true }

// The current generation is first.
export const GENERATIONS = [
  { generation: '4.x', dialect: 'Engine.IO 4', cells: [UPGRADE, WEBSOCKET, POLLING] },
  { generation: '3.x', dialect: 'Engine.IO 4', cells: [UPGRADE, WEBSOCKET, POLLING] },
  { generation: '2.x', dialect: 'Engine.IO 3', cells: [UPGRADE, WEBSOCKET, POLLING, JSONP] },
  { generation: '1.x', dialect: 'Engine.IO 3', cells: [UPGRADE, WEBSOCKET, POLLING, JSONP] },
  {
    generation: '0.9',
    dialect: 'protocol revision 1',
    cells: [
      WEBSOCKET,
      { transport: 'xhr-polling', holds: true },
      { transport: 'htmlfile', holds: true, note: 'A hidden frame takes the place of Internet Explorer’s ActiveX document.' },
      JSONP,
      { transport: 'xhr-multipart', holds: true, standIn: true, note: 'A fetch stream reader: the 0.9 client never had it.' },
      { transport: 'flashsocket', standIn: true, note: 'The browser’s WebSocket on this URL: Flash is gone.' }
    ]
  }
]
