// Makes a scene that has a fault smaller, as long as the fault stays the same: fewer sessions, fewer frames, shorter frames.
import { textOf, withText } from './script.js'
import type { Frame, Scene, Script } from './script.js'

/** Whether a scene still has the fault. */
export type Still = (scene: Scene) => Promise<boolean>

/** Leaves out as much of a list as it can, in pieces of half its length, a quarter and so on. */
async function fewer<T> (list: readonly T[], still: (list: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let left = list
  for (let size = Math.ceil(left.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length;) {
      const without = [...left.slice(0, at), ...left.slice(at + size)]
      if (without.length > 0 && await still(without)) left = without
      else at += size
    }
  }
  return left
}

/** The same for a text, where pieces below a hundredth of it are not worth a try of their own. */
async function shorter (text: string, still: (text: string) => Promise<boolean>): Promise<string> {
  let left = text
  for (let size = Math.ceil(left.length / 2); size > 0 && size >= left.length / 100; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length;) {
      const without = left.slice(0, at) + left.slice(at + size)
      if (await still(without)) left = without
      else at += size
    }
  }
  return left
}

const replaced = <T>(list: readonly T[], at: number, item: T): T[] => list.map((one, i) => i === at ? item : one)

async function shrinkScript (scene: Scene, at: number, still: Still): Promise<Scene> {
  let now = scene
  const change = (script: Script): Scene => ({ ...now, scripts: replaced(now.scripts, at, script) })
  const script = (): Script => now.scripts[at] as Script
  now = change({ ...script(), frames: await fewer(script().frames, (frames) => still(change({ ...script(), frames }))) })
  now = change({ ...script(), prelude: await fewer(script().prelude, (prelude) => still(change({ ...script(), prelude }))) })
  for (const part of ['frames', 'prelude'] as const) {
    for (const [i, frame] of script()[part].entries()) {
      const withFrame = (text: string): Scene => change({ ...script(), [part]: replaced<Frame>(script()[part], i, withText(frame, text)) })
      now = withFrame(await shorter(textOf(frame), (text) => still(withFrame(text))))
    }
  }
  return now
}

/** @param ms when it stops trying; what it has by then is returned */
export async function shrink (scene: Scene, still: Still, ms: number): Promise<Scene> {
  const until = performance.now() + ms
  const inTime: Still = async (tried) => performance.now() < until && await still(tried)
  let now: Scene = { ...scene, scripts: await fewer(scene.scripts, (scripts) => inTime({ ...scene, scripts })) }
  for (let at = 0; at < now.scripts.length; at++) now = await shrinkScript(now, at, inTime)
  return now
}
