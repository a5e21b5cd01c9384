// Headers for old browsers: the same as of socket.io's own server.
import t from 'tap'
import { readOpen, DIALECTS } from '../../kit/engine-io/payload.js'
import { askWhole } from '../../kit/engine-io/http-endpoint.js'
import { fetchText } from '../../kit/request.js'
import { PLACES, start } from '../../kit/servers/side-by-side.js'

/** User agents, and whether their XSS filter is switched off. */
const BROWSERS: Record<string, boolean> = {
  'Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko': true,
  'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)': true,
  'Mozilla/4.0 (compatible;MSIE 8.0; Windows NT 6.1)': true,
  'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)': false,
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36': false
}

for (const where of PLACES) {
  t.test(`${where}, the XSS filter of Internet Explorer is switched off for each answer, and no other header changes`, async (t) => {
    const { port } = await start(t, where, { allowEIO3: true })
    for (const { eio, packets, body, silent } of DIALECTS) {
      const url = `http://127.0.0.1:${port}/socket.io/?EIO=${eio}&transport=polling`
      for (const [browser, isOff] of Object.entries(BROWSERS)) {
        const headers = { 'user-agent': browser }
        const { sid } = readOpen(packets((await askWhole(url)).bytes)[0])
        const session = `${url}&sid=${sid}`
        const answers = [
          await fetchText(url, { headers }),
          await fetchText(session, { method: 'POST', body: String(body(eio === 3 ? silent : '40')), headers }),
          await fetchText(session, { headers })
        ]
        t.strictSame(answers.map(({ status, headers }) => [status, headers['x-xss-protection']]), Array(3).fill([200, isOff ? '0' : undefined]), `${eio} ${browser}`)
      }
    }
  })
}
