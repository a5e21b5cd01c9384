// The proxies of docs/proxies.md: nginx and HAProxy with the configurations of the page, which end TLS with the certificate of the kit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CERTIFICATE, KEY } from '../kit/machine/certificate.js'
import { skip as withoutHaproxy, startHaproxy } from '../kit/machine/haproxy.js'
import { skip as withoutNginx, startNginx } from '../kit/machine/nginx.js'
import type { Teardown } from '../kit/teardown.js'
import { fence, replaced } from './fences.js'

export type Pair = readonly [from: string, to: string]

/** How a proxy finds the process of a session. */
export type Stickiness = 'id' | 'address'

export interface Proxy {
  readonly name: string
  readonly skip: string | false
  /** Starts it before the processes at these ports: one, or 'a' and 'b'. @param changes of the configuration @returns its port, for TLS unless that is changed */
  start (t: Teardown, ports: readonly number[], changes?: readonly Pair[], by?: Stickiness): Promise<number>
  /** What takes TLS away, for clients that do not speak it. */
  readonly plain: readonly Pair[]
  /** The configuration of the page, for one process. */
  readonly text: string
}

function certificate (t: Teardown): { pem: string, key: string, both: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const [pem, key, both] = ['pem', 'key', 'both'].map((name) => join(folder, name)) as [string, string, string]
  writeFileSync(pem, CERTIFICATE)
  writeFileSync(key, KEY)
  writeFileSync(both, CERTIFICATE + KEY)
  return { pem, key, both }
}

/** What a configuration says of two processes, with their ports. */
const portsOf = (ports: readonly number[]): Pair[] => [['127.0.0.1:3001', `127.0.0.1:${ports[0]}`], ['127.0.0.1:3002', `127.0.0.1:${ports[1]}`]]

const server = fence('proxies.md', 'nginx', 'listen 443 ssl')
export const nginx: Proxy = {
  name: 'nginx',
  skip: withoutNginx,
  text: server,
  plain: [[' ssl;', ';']],
  start: (t, ports, changes = [], by = 'id') => startNginx(t, (port) => {
    const { pem, key } = certificate(t)
    const whole = ports.length === 1
      ? replaced(server, [['127.0.0.1:3000', `127.0.0.1:${ports[0]}`]])
      : replaced(fence('proxies.md', 'nginx', by === 'id' ? 'upstream any' : 'ip_hash'), portsOf(ports)) +
        replaced(server, [['proxy_pass http://127.0.0.1:3000;', by === 'id' ? fence('proxies.md', 'nginx', 'proxy_next_upstream') : 'proxy_pass http://app;']])
    return replaced(whole, [['listen 443', `listen 127.0.0.1:${port}`], ['/etc/ssl/app.example.pem', pem], ['/etc/ssl/app.example.key', key], ...changes])
  })
}

const defaults = fence('proxies.md', 'haproxy', 'frontend clients')
export const haproxy: Proxy = {
  name: 'HAProxy',
  skip: withoutHaproxy,
  text: defaults,
  plain: [[' ssl crt ', ' # '], ['X-Forwarded-Proto https', 'X-Forwarded-Proto http']],
  start: (t, ports, changes = [], by = 'id') => startHaproxy(t, (port) => {
    const { both } = certificate(t)
    const [front = '', single = ''] = defaults.split(/(?=^backend )/m)
    const back = ports.length === 1 ? replaced(single, [['127.0.0.1:3000', `127.0.0.1:${ports[0]}`]]) : replaced(fence('proxies.md', 'haproxy', by === 'id' ? 'use-server' : 'balance source'), portsOf(ports))
    return replaced(front + back, [['bind :443', `bind 127.0.0.1:${port}`], ['/etc/haproxy/app.example.pem', both], ...changes])
  })
}

export const PROXIES: readonly Proxy[] = [nginx, haproxy]
