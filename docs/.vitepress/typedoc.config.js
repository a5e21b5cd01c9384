// The API reference: one page of Markdown in docs/api for each entry of the package, made from its types.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Converter } from 'typedoc'

const ROOT = new URL('../../', import.meta.url)
const { name, exports } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
/** The entries that have types: what an application imports, and the file. */
const entries = Object.entries(exports).flatMap(([path, { types }]) => types === undefined ? [] : [{ specifier: path.replace('.', name), types }])

/** A plugin of TypeDoc: gives each module the name by which it is imported. Its own name is that of the file. */
function nameModules (app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) module.name = entries.find(({ types }) => basename(types, '.d.ts') === module.name).specifier
  })
}

/** @type {Partial<import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions>} */
export default {
  name: 'API reference',
  entryPoints: entries.map(({ types }) => `../../${types}`),
  out: '../api',
  plugin: [nameModules, 'typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  router: 'module',
  docsRoot: '..',
  readme: 'api.md',
  mergeReadme: true,
  excludeExternals: true, // EventEmitter is documented by Node
  groupOrder: ['Variables', 'Functions', '*'], // the plugin itself first
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  sidebar: { collapsed: false },
  parametersFormat: 'table',
  useCustomAnchors: true,
  skipErrorChecking: true, // `npm run typecheck` does it
  treatWarningsAsErrors: true
}
