// Where results go: JSON and a chart, the latest ones for oneself, and, when asked for, the ones that are published.
import fs from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'

const pathTo = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url))

/** What the figures hold for. */
export function machine () {
  const cpus = os.cpus()
  return { date: new Date().toISOString().slice(0, 10), node: process.version, platform: `${os.platform()} ${os.arch()}`, cpu: cpus[0]?.model.trim(), cpus: cpus.length }
}

/** Long fractions say nothing. */
const rounded = (key, value) => typeof value === 'number' ? Number(value.toPrecision(4)) : value

/**
 * @param name `latest` and the published name differ by the program
 * @param charts SVG by what its name ends in: '' for one that reads in light and dark
 */
export function write ({ latest, published }, results, charts, { publish, out }) {
  const json = `${JSON.stringify(results, rounded, 2)}\n`
  const files = [`bench/results/${latest}`, ...publish ? [`docs/${published}`] : []].map(pathTo)
  if (out !== undefined) files.push(out.replace(/\.json$/, ''))
  fs.mkdirSync(pathTo('bench/results'), { recursive: true })
  for (const file of files) {
    fs.writeFileSync(`${file}.json`, json)
    for (const [ending, svg] of Object.entries(charts)) fs.writeFileSync(`${file}${ending}.svg`, svg)
  }
  return [`bench/results/${latest}.json`, ...publish ? [`docs/${published}.json`] : [], ...out === undefined ? [] : [out]]
}
