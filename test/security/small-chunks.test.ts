// No id: engine.io up to 6.6.9 joined the body anew with each chunk and measured all of it again, so that a body in very many small chunks
// took time in the square of its size. Here the time for each chunk is the same, however many came before it.
import t from 'tap'
import { posters } from './posters.js'
import type { Poster } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import { startTarget, withstands } from './withstands.js'
import type { Target } from './withstands.js'
import { chunk, head, LAST_CHUNK } from '../kit/raw/http.js'

const CHUNK = 40
const CHUNKS = 20_000
const PARTS = 10
/** Chunks of one byte in a body, for which 100 bytes each would be 20 MB. */
const TINY = 200_000

/** A payload that is read whole and says nothing. */
function noop ({ dialect, type }: Poster, size: number): string {
  if (dialect === 'revision 1') return `8:::${'x'.repeat(size - 4)}`
  const packet = `6${'x'.repeat(size - 1)}`
  if (dialect === 'engine 4') return packet
  if (type !== 'application/octet-stream') return `${size}:${packet}`
  return `\0${[...String(size)].map((digit) => String.fromCharCode(Number(digit))).join('')}\xff${packet}`
}

/** Bytes in chunks of so many. */
function cut (body: string, size: number): Buffer {
  const bytes = Buffer.from(body, 'latin1')
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => chunk(bytes.subarray(i * size, (i + 1) * size)))
  return Buffer.concat([...pieces, Buffer.from(LAST_CHUNK)])
}

interface Load { posts: number, bytes: number, chunk: number }

/** POSTs so often so many bytes, in chunks. */
async function send (port: number, poster: Poster, { posts, bytes, chunk: size }: Load): Promise<void> {
  const body = cut(poster.body(noop(poster, bytes)), size)
  const raw = new RawConnection(port)
  for (let i = 0; i < posts; i++) {
    await raw.write(head('POST', poster.path, `Content-Type: ${poster.type}`, 'Transfer-Encoding: chunked'))
    await raw.write(body)
    const { status, body: answer } = await raw.answer()
    if (status !== poster.taken[0] || answer !== poster.taken[1]) throw new Error(`${poster.name}: answered with ${status} ${answer}`)
  }
  raw.reset()
}

/** The CPU time that it takes the server, ms. */
async function cost ({ port, state }: Target, poster: Poster, load: Load): Promise<number> {
  const { cpu } = await state()
  await send(port, poster, load)
  return (await state()).cpu - cpu
}

/** The same bytes: in one chunk, in many, and in as many of several bodies. */
async function compare (target: Target, poster: Poster): Promise<{ toOne: number, toParts: number }> {
  const bytes = CHUNK * CHUNKS
  await cost(target, poster, { posts: 1, bytes, chunk: CHUNK }) // compiled by then
  const one = await cost(target, poster, { posts: PARTS, bytes, chunk: bytes }) / PARTS
  const parts = await cost(target, poster, { posts: PARTS, bytes: bytes / PARTS, chunk: CHUNK })
  const whole = await cost(target, poster, { posts: 1, bytes, chunk: CHUNK })
  return { toOne: whole / one, toParts: whole / parts }
}

t.test('the time of a body in small chunks rises with their number, not with its square', async (t) => {
  const target = await startTarget(t, 'packets')
  const all = await posters(t, target)
  const bytes = all.filter(({ name }) => name === 'engine 3, xhr').map((poster) => ({ ...poster, name: 'engine 3, bytes', type: 'application/octet-stream' }))
  for (const poster of [...all, ...bytes]) {
    const { toOne, toParts } = await compare(target, poster)
    t.ok(toParts < 3, `${poster.name}: ${toParts.toFixed(1)} times what the same chunks take in ${PARTS} bodies; a square is ${PARTS}`)
    t.ok(toOne < 150, `${toOne.toFixed()} times what one chunk takes, for ${CHUNKS} of them`)
  }
})

t.test('others are served meanwhile, and nothing is kept of it', async (t) => {
  const target = await startTarget(t, 'packets')
  const all = await posters(t, target)
  await withstands(t, target, { held: 6, peak: 128 }, async () => {
    await Promise.all(all.map((poster) => send(target.port, poster, { posts: 2, bytes: CHUNK * CHUNKS, chunk: CHUNK })))
  })
  for (const poster of all) await t.resolves(poster.lives(), poster.name)
})

// Found here: a chunk of one byte, six on the wire, took some hundred of memory until its body was whole. Ten bodies of a megabyte were a gigabyte.
t.test('what is held of a body is what has come of it, however small its chunks are', async (t) => {
  const target = await startTarget(t, 'packets')
  const all = await posters(t, target)
  const raws: RawConnection[] = []
  await withstands(t, target, { held: 24, peak: 96 }, async () => {
    await Promise.all(all.map(async (poster) => {
      const raw = new RawConnection(target.port)
      raws.push(raw)
      await raw.write(head('POST', poster.path, `Content-Type: ${poster.type}`, 'Transfer-Encoding: chunked'))
      await raw.write(cut('x'.repeat(TINY), 1).subarray(0, -LAST_CHUNK.length))
    }))
  })
  t.ok(raws.length >= 9, `${raws.length} bodies of ${TINY} chunks`)
  for (const raw of raws) raw.reset()
})
