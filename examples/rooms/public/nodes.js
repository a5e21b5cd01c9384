// One frame for each node, with a page of that node.
const NAMES = ['Ada', 'Grace', 'Hedy', 'Mary']

const ports = await (await fetch('/nodes.json')).json()
document.getElementById('nodes').append(...ports.map((port, index) => {
  const url = new URL('client.html', window.location)
  url.port = port
  url.searchParams.set('name', NAMES[index % NAMES.length])
  const frame = document.createElement('iframe')
  frame.src = url
  frame.title = `A client of the node on port ${port}`
  return frame
}))
