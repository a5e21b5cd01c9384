// What the charts are made of: SVG without script or font from elsewhere, in the colours of light and dark pages.

const LIGHT = `text { font: 12px system-ui, sans-serif; fill: #4b5563 } .title { font-size: 15px; font-weight: 600; fill: #111827 } .group { font-weight: 600; fill: #111827 }
.figure { font-variant-numeric: tabular-nums; fill: #111827 } .page { fill: #fff } .grid { stroke: #e5e7eb } .one { stroke: #6b7280; stroke-dasharray: 4 3 }
.bar { fill: #3b82f6 } .over { fill: #ea580c } .interval { stroke: #111827 } .bound { stroke: #111827; stroke-width: 2 }
polyline { fill: none; stroke-width: 2 } .s0 { stroke: #2563eb; fill: #2563eb } .s1 { stroke: #d9480f; fill: #d9480f } .s2 { stroke: #0f8a5f; fill: #0f8a5f }
.s3 { stroke: #9333ea; fill: #9333ea } .s4 { stroke: #b7791f; fill: #b7791f } .s5 { stroke: #64748b; fill: #64748b } .s6 { stroke: #be185d; fill: #be185d }
polyline.s0, polyline.s1, polyline.s2, polyline.s3, polyline.s4, polyline.s5, polyline.s6 { fill: none }`
const DARK = `text { fill: #9ca3af } .title, .group, .figure { fill: #f3f4f6 } .page { fill: #0d1117 } .grid { stroke: #27303d }
.one { stroke: #9ca3af } .bar { fill: #60a5fa } .over { fill: #fb923c } .interval, .bound { stroke: #f3f4f6 }
.s0 { stroke: #7aa8ff; fill: #7aa8ff } .s1 { stroke: #ff9d66; fill: #ff9d66 } .s2 { stroke: #4fd0a0; fill: #4fd0a0 } .s3 { stroke: #c79bff; fill: #c79bff }
.s4 { stroke: #e9c46a; fill: #e9c46a } .s5 { stroke: #9aa8b8; fill: #9aa8b8 } .s6 { stroke: #f472b6; fill: #f472b6 }`
const STYLES = { light: LIGHT, dark: `${LIGHT}\n${DARK}`, auto: `${LIGHT}\n@media (prefers-color-scheme: dark) { ${DARK} }` }

const escape = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
export const at = (value) => Number(value.toFixed(1))

export const text = (x, y, words, { anchor = 'start', kind } = {}) =>
  `<text x="${at(x)}" y="${at(y)}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${kind === undefined ? '' : ` class="${kind}"`}>${escape(words)}</text>`

export const line = (kind, x1, y1, x2, y2) => `<line class="${kind}" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"/>`

/** @param theme `light` or `dark`; otherwise the one of the reader */
export const document = (width, height, title, body, theme) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>
${STYLES[theme] ?? STYLES.auto}</style><rect class="page" width="${width}" height="${height}" rx="6"/>
${body.join('\n')}
</svg>
`

/** A number not much above `most` whose quarters are round. */
export function ceiling (most) {
  const power = 10 ** Math.floor(Math.log10(most || 1))
  return [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].map((factor) => factor * power).find((value) => value >= most) ?? 10 * power
}

export const short = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })
