// How a browser finds the end of a script element: the states of HTML's tokenizer for script data (html.spec.whatwg.org, 13.2.5.4 and
// 13.2.5.17 to 31), where `<!--` and `<script` in the text change what `</script>` means.

const isEnd = (character: string | undefined): boolean => character !== undefined && /[\t\n\f />]/.test(character)

/** Whether a tag of that name begins there. */
const isTag = (html: string, at: number, tag: string): boolean =>
  html.slice(at, at + tag.length).toLowerCase() === tag && isEnd(html[at + tag.length])

/** Where the text of a script that begins at `start` ends; undefined when it does not. */
function endOf (html: string, start: number): number | undefined {
  let state: 'data' | 'escaped' | 'double escaped' = 'data'
  for (let at = start; at < html.length; at++) {
    if (state === 'data') {
      if (isTag(html, at, '</script')) return at
      if (!html.startsWith('<!--', at)) continue
      state = 'escaped'
      at += 1 // its dashes may be those of `-->` too
    } else if (html.startsWith('-->', at)) {
      state = 'data'
      at += 2
    } else if (state === 'escaped') {
      if (isTag(html, at, '</script')) return at
      if (isTag(html, at, '<script')) state = 'double escaped'
    } else if (isTag(html, at, '</script')) {
      state = 'escaped'
    }
  }
  return undefined
}

/** The texts of the script elements of a document that is nothing else. @throws when it is not */
export function scriptsOf (html: string): string[] {
  const scripts = []
  for (let at = 0; at < html.length;) {
    if (!html.startsWith('<script>', at)) throw new Error(`no script element at ${at}`)
    const start = at + '<script>'.length
    const end = endOf(html, start)
    if (end === undefined) throw new Error('a script element does not end')
    scripts.push(html.slice(start, end))
    if (!html.startsWith('</script>', end)) throw new Error(`no end at ${end}`)
    at = end + '</script>'.length
  }
  return scripts
}
