// Tables in Markdown.

export function number (value) {
  if (!Number.isFinite(value)) return '–'
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
}

/** Columns are padded, so that a terminal shows them as well. Cells that are numbers stand to the right. */
export function table (head, rows) {
  const texts = rows.map((row) => row.map((cell) => typeof cell === 'number' ? number(cell) : String(cell ?? '')))
  const right = head.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'))
  const widths = head.map((name, at) => Math.max(name.length, 3, ...texts.map((row) => row[at].length)))
  const pad = (cell, at) => right[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at])
  const line = (cells) => `| ${cells.map(pad).join(' | ')} |`
  const rule = `|${widths.map((width, at) => right[at] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2)).join('|')}|`
  return [line(head), rule, ...texts.map(line)].join('\n')
}

/** The rows of comparisons, with the ratio of each round. @param more columns by their heads: (row) => cell */
export function pairTable (rows, more = {}) {
  return table(
    ['', 'dialect', 'against', 'ours', 'its', 'ratio', '95 %', 'bound', 'goal', ...Object.keys(more), 'rounds'],
    rows.map((row) => {
      const { title, dialect, against, value, againstValue, ratio, low, high, bound, goal, ratios } = row
      return [
        title, dialect, against, value, againstValue, ratio, `${low.toFixed(2)}–${high.toFixed(2)}`, bound?.toFixed(2), goal?.toFixed(2),
        ...Object.values(more).map((cellOf) => cellOf(row)), ratios.map((each) => each.toFixed(2)).join(' ')
      ]
    }))
}
