// The documentation site: `npm run docs` serves it, `npm run docs:build` makes it.
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitepress'
import { linkRepository, slugify } from './links.js'
import { sections } from './pages.js'

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const { name, description, repository } = read('../../package.json')

export default defineConfig({
  title: name,
  description,
  lang: 'en',
  ignoreDeadLinks: false,
  markdown: {
    anchor: { slugify },
    // Pages are plain Markdown: `:/` is no emoji, and braces are attributes only in the API reference, for anchors.
    attrs: { allowedAttributes: ['id'] },
    emoji: { shortcuts: {} },
    languageAlias: { haproxy: 'nginx' }, // the highlighter has no grammar of its own for it
    config: (md) => { md.use(linkRepository, repository) }
  },
  transformPageData ({ relativePath, frontmatter }) {
    if (relativePath === 'options.md') frontmatter.pageClass = 'options' // for style.css
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Start', link: '/getting-started' },
      { text: 'Options', link: '/options' },
      ...sections.filter(({ text }) => ['In operation', 'Coming from another server'].includes(text)),
      { text: 'API', link: '/api/' }
    ],
    // TypeDoc writes its part of the sidebar (typedoc.config.js).
    sidebar: [...sections, { text: 'API reference', link: '/api/', items: read('../api/typedoc-sidebar.json') }],
    outline: [2, 3]
  }
})
