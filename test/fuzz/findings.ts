// Inputs that broke a rule once, kept as files: the short run replays them, so that each stays fixed.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const FOLDER = new URL('findings/', import.meta.url)

/** What broke the rule of a target. */
export interface Finding {
  target: string
  input: string
  error: string
}

/** Keeps it; returns its file. */
export function keep (finding: Finding): string {
  const hash = createHash('sha256').update(JSON.stringify([finding.target, finding.input])).digest('hex').slice(0, 8)
  const file = new URL(`${finding.target.replace(/[^\w-]+/g, '-')}-${hash}.json`, FOLDER)
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(file, `${JSON.stringify(finding, null, 2)}\n`)
  return file.pathname
}

/** Those of one target, each with the name of its file. */
export function findingsOf (target: string): (Finding & { file: string })[] {
  mkdirSync(FOLDER, { recursive: true })
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json')).sort()
  return files.map((file) => ({ ...JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Finding, file })).filter((finding) => finding.target === target)
}
