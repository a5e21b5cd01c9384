// Preloaded (--import) into a process: takes one private part of another library away, as a release of it might. SABOTAGE names which.
import { register } from 'node:module'
import process from 'node:process'

/** Loads a module with other text. @param change the body of a function of `source` */
function rewrite (end: string, change: string): void {
  const hooks = `const change = (source) => { ${change} }
  export async function load (url, context, next) {
    const loaded = await next(url, context)
    return url.endsWith(${JSON.stringify(end)}) ? { ...loaded, source: change(String(loaded.source)) } : loaded
  }`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}

/** Replaces what the ES module of ws exports as `Sender`; ws itself, and what requires it, keeps its own. */
function replaceSender (text: string): void {
  rewrite('/ws/wrapper.mjs', `return source.replace(/^ *Sender,$/m, '').replace(/^import Sender .*$/m, '') + ${JSON.stringify(text)}`)
}

/** Symbols of @fastify/websocket get other descriptions. */
function renameSymbols (): void {
  globalThis.Symbol = new Proxy(Symbol, {
    apply: (target, self: unknown, [description]: [unknown]) =>
      Reflect.apply(target, self, [typeof description === 'string' ? description.replace(/^ws-/, 'upgrade-') : description]) as symbol
  })
}

/** Node itself needs the property: only we do not find it. */
function hideAnswers (): void {
  rewrite('/src/private/node-answer.ts', "return source.replaceAll('_httpMessage', '_elsewhere')")
}

const SABOTAGE: Record<string, () => void> = {
  '@fastify/websocket has other symbols': renameSymbols,
  'ws exports no Sender': () => replaceSender(''),
  'ws has no Sender.frame': () => replaceSender('export class Sender {}'),
  'ws makes other frames': () => replaceSender('export class Sender { static frame (data) { return [Buffer.from([0x81, data.length, 0]), data] } }'),
  'Node has no _httpMessage': hideAnswers,
  'ws has no _closeFrameReceived': () => rewrite('/src/private/prompt-websocket.ts', "return source.replaceAll('_closeFrameReceived', '_elsewhere')")
}

SABOTAGE[String(process.env['SABOTAGE'])]?.()
