// An nginx to test with: the one on the PATH.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Teardown } from '../teardown.js'
import { daemon } from './daemon.js'

const nginx = daemon('nginx', (path, folder) => ['-p', folder, '-c', path])

export const { skip } = nginx

/** Starts an nginx whose configuration of `http` is `toHttp(port)`. Returns the port. */
export async function startNginx (t: Teardown, toHttp: (port: number) => string): Promise<number> {
  return await nginx.start(t, (port, folder) => {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(folder, name)};`)
    mkdirSync(join(folder, 'logs'))
    return `
daemon off; master_process off; error_log ${join(folder, 'error.log')}; pid ${join(folder, 'pid')};
events {}
http { access_log off; ${temporary.join(' ')}
${toHttp(port)}
}`
  })
}
