// Writes the section of a version in CHANGELOG.md. Fails if the tag is not the version of package.json, or if the section has no date.
//   node .github/release-notes.js v1.0.0
import { readFileSync } from 'node:fs'

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const tag = process.argv[2]
const { version } = JSON.parse(read('package.json'))
if (tag !== `v${version}`) throw new Error(`the tag is "${tag}", but package.json has version ${version}: tag with "npm version"`)

const [, ...sections] = read('CHANGELOG.md').split(/^## /m)
const section = sections.find((text) => text.startsWith(`[${version}]`))
if (!section) throw new Error(`CHANGELOG.md has no section [${version}]`)
const [heading, ...lines] = section.split('\n')
if (!/\d{4}-\d\d-\d\d$/.test(heading)) throw new Error(`"${heading}" in CHANGELOG.md has no date`)
console.log(lines.join('\n').trim())
