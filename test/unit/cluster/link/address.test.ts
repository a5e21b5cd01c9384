import t from 'tap'
import { formatAddress, parseAddress } from '../../../../src/cluster/link/address.js'

t.test('addresses are text, and read again', async (t) => {
  for (const [text, address] of [
    ['10.0.0.1:7070', { host: '10.0.0.1', port: 7070 }],
    ['node-1.example:1', { host: 'node-1.example', port: 1 }],
    ['[fd00::1]:65535', { host: 'fd00::1', port: 65_535 }],
    ['unix:/run/a:b.sock', { path: '/run/a:b.sock' }]
  ] as const) {
    t.equal(formatAddress(address), text)
    t.strictSame(parseAddress(text), address)
  }
})

t.test('other text is no address', async (t) => {
  for (const text of ['', 'a', 'a:', ':1', 'a:0', 'a:65536', 'a:1x', 'a b:1', 'a/b:1', 'a@b:1', 'a?b:1', '::1:1', '[a/b]:1', '[::1]', 'http://a:1', 'unix:', 'unix:a\0b', 'a:1\n']) {
    t.equal(parseAddress(text), undefined, JSON.stringify(text))
  }
})
