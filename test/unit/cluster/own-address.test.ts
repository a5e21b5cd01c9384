import t from 'tap'
import { ownAddress } from '../../../src/cluster/own-address.js'

const info = (address: string, { family = 'IPv4' as 'IPv4' | 'IPv6', internal = false } = {}) =>
  family === 'IPv4' ? { address, family, internal, netmask: '', mac: '', cidr: null } : { address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }
const LOOPBACK = [info('127.0.0.1', { internal: true }), info('::1', { family: 'IPv6', internal: true })]
const machine = () => ({ lo: LOOPBACK, eth0: [info('fe80::1', { family: 'IPv6' }), info('fd00::5', { family: 'IPv6' }), info('10.0.0.5')], eth1: [info('10.1.0.5')] })

t.test('the address is the one that the options say', async (t) => {
  t.same(ownAddress({ host: '0.0.0.0', advertise: { host: 'node-1', port: 80 } }, 7070, machine), { host: 'node-1', port: 80 })
  t.same(ownAddress({ host: '127.0.0.1', advertise: { port: 80 } }, 7070, machine), { host: '127.0.0.1', port: 80 })
})

t.test('the address is the one that is listened to', async (t) => {
  t.same(ownAddress({ host: '10.1.0.5' }, 7070, machine), { host: '10.1.0.5', port: 7070 })
})

t.test('when all are listened to, it is the first that others reach', async (t) => {
  for (const host of [undefined, '', '0.0.0.0', '::']) t.same(ownAddress({ ...(host !== undefined && { host }) }, 7070, machine), { host: '10.0.0.5', port: 7070 })
  t.same(ownAddress({}, 7070, () => ({ eth0: [info('fe80::1', { family: 'IPv6' }), info('fd00::5', { family: 'IPv6' })] })).host, 'fd00::5', 'on a machine without IPv4')
  t.same(ownAddress({}, 7070, () => ({ lo: LOOPBACK, none: undefined })).host, '127.0.0.1', 'on a machine without a network')
  t.match(ownAddress({}, 7070), { host: /./, port: 7070 }, 'on this machine')
})
