// Comments of src are part of the package. They may cite pages of docs, which are in the package too, and nothing else of the repository.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const sources = readdirSync(new URL('src', root), { recursive: true }).map(String).filter((name) => name.endsWith('.ts'))

/** The headings of a page. */
const headings = (page: string): string[] => [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)

/** The citations in a file: a page, and a section where one is named: `docs/page.md, Section)`. */
function citationsOf (name: string): { page: string, section: string | undefined }[] {
  return [...read(`src/${name}`).matchAll(/(docs\/[\w.-]+\.md)(?:, ([^;)\n]+?))?[;)\n]/g)].map(([, page = '', section]) => ({ page, section }))
}

t.test('every page and section of docs that a comment of src cites exists', async (t) => {
  const cited = sources.flatMap((name) => citationsOf(name).map((citation) => ({ name, ...citation })))
  t.ok(cited.length > 30, `${cited.length} citations`)
  for (const { name, page, section } of cited) {
    t.ok(section === undefined || headings(page).includes(section), `src/${name}: ${page}, ${section ?? 'the whole page'}`)
  }
})

t.test('no comment of src cites what is not in the package', async (t) => {
  for (const name of sources) t.notMatch(read(`src/${name}`), /WIRE\.md|\btranscript\b|\b(?:test|bench|examples)\/\w/, `src/${name}`)
})
