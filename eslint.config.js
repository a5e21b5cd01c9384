// Code style, and which files may import which (docs/architecture.md).
import neostandard, { plugins } from 'neostandard'

const TYPES = String.raw`(?:\.\./)+types/[\w-]+\.js`
const OWN = String.raw`\./.+`
const NODE = 'node:(?!https?$|net$)[a-z_/]+'

/**
 * One row per layer. `may`: the modules that its files may import. `mayTypes`: the modules from which they may import only types. Both are
 * regular expressions that match whole specifiers. A file of src that is in no row may import nothing.
 */
const LAYERS = [
  { files: ['src/codec/packet.ts'], may: [], mayTypes: [TYPES] },
  { files: ['src/codec/!(packet).ts'], may: [OWN, 'socket\\.io-parser'], mayTypes: [TYPES] },
  { files: ['src/time/*.ts'], may: [OWN], mayTypes: [] },
  { files: ['src/observation/*.ts'], may: ['node:diagnostics_channel', OWN], mayTypes: [TYPES, String.raw`\.\./time/.+`, 'node:http', 'fastify'] },
  { files: ['src/errors.ts'], may: ['@fastify/error'], mayTypes: [TYPES] },
  { files: ['src/runtime.ts'], may: [String.raw`\./errors\.js`], mayTypes: [] },
  { files: ['src/private/*.ts'], may: ['node:http', 'node:net', 'node:tls', 'ws', OWN, String.raw`\.\./(?:errors|runtime)\.js`], mayTypes: ['node:stream', 'fastify', '@fastify/websocket', 'socket\\.io'] },
  { files: ['src/session/@(transport|dialect).ts'], may: [], mayTypes: [TYPES, String.raw`\.\./codec/packet\.js`, String.raw`\./transport\.js`] },
  {
    files: ['src/session/!(transport|dialect).ts'],
    may: [NODE, OWN, String.raw`\.\./codec/(?:detach|packet)\.js`, String.raw`\.\./observation/.+`, String.raw`\.\./errors\.js`],
    mayTypes: [TYPES, String.raw`\.\./time/.+`, 'node:http', 'fastify']
  },
  { files: ['src/engine/*.ts'], may: [NODE, 'node:net', OWN, String.raw`\.\./(?:observation|session|time)/.+`, String.raw`\.\./errors\.js`], mayTypes: [TYPES, 'node:http', 'fastify'] },
  {
    files: ['src/transports/*.ts'],
    may: [NODE, OWN, String.raw`\.\./codec/(?:packet|json|last-encoded)\.js`, String.raw`\.\./private/ws-frames\.js`],
    mayTypes: [TYPES, String.raw`\.\./session/transport\.js`, String.raw`\.\./time/.+`, 'ws']
  },
  {
    files: ['src/dialects/**/*.ts'],
    may: [OWN, String.raw`\.\./endpoint\.js`, String.raw`(?:\.\./)+codec/.+`],
    mayTypes: [TYPES, String.raw`\.\./\.\./session/(?:dialect|transport)\.js`, String.raw`\.\./\.\./time/.+`]
  },
  {
    files: ['src/hosts/*.ts'],
    may: [OWN, String.raw`\.\./(?:codec|transports)/.+`, String.raw`\.\./dialects/engine-io/upgrade\.js`, String.raw`\.\./session/transport\.js`, String.raw`\.\./errors\.js`],
    mayTypes: [TYPES, 'node:http', String.raw`\.\./(?:engine/.+|session/(?!transport).+|time/.+)`, String.raw`\.\./options\.js`]
  },
  { files: ['src/option-hints.ts'], may: [], mayTypes: [TYPES, 'socket\\.io'] },
  { files: ['src/option-rules.ts'], may: [String.raw`\./(?:errors|option-hints|option-values)\.js`, String.raw`\./transports/index\.js`], mayTypes: [TYPES] },
  { files: ['src/option-values.ts'], may: [], mayTypes: [] },
  { files: ['src/options.ts'], may: [String.raw`\./(?:errors|option-rules)\.js`, 'cookie'], mayTypes: [TYPES] },
  { files: ['src/option-warnings.ts'], may: [String.raw`\./(?:options|option-rules)\.js`, String.raw`\./transports/index\.js`], mayTypes: [TYPES, 'fastify'] },
  { files: ['src/flash-policy.ts'], may: ['node:.+', String.raw`\./errors\.js`], mayTypes: [TYPES, 'fastify'] },
  {
    files: ['src/routes/*.ts'],
    may: ['node:.+', String.raw`\./[\w-]+\.js`, String.raw`\.\./(?:codec|hosts|transports)/.+`, String.raw`\.\./observation/shown-ids\.js`, String.raw`\.\./private/node-answer\.js`, String.raw`\.\./(?:errors|options)\.js`, 'cookie', '@fastify/ajv-compiler'],
    mayTypes: [TYPES, String.raw`\.\./(?:engine|session)/.+`, 'fastify', 'ws']
  },
  {
    files: ['src/routes/*/*.ts'],
    may: ['node:.+', OWN, String.raw`\.\./[\w-]+\.js`, String.raw`\.\./websocket/(?:connection|upgraded)\.js`, String.raw`\.\./\.\./(?:codec|dialects|hosts|transports)/.+`,
      String.raw`\.\./\.\./session/transport\.js`, String.raw`\.\./\.\./private/(?:node-answer|prompt-websocket|response-hooks|websocket-(?:head|listener))\.js`, String.raw`\.\./\.\./(?:errors|options)\.js`, '@fastify/websocket'],
    mayTypes: [TYPES, String.raw`\.\./\.\./(?:engine/.+|session/(?!transport).+)`, 'fastify', 'ws']
  },
  { files: ['src/official-server.ts'], may: ['node:module', 'node:url', String.raw`\./(?:errors|option-hints)\.js`, String.raw`\./private/server-options\.js`], mayTypes: [TYPES, 'fastify', 'socket\\.io'] },
  { files: ['src/log-options.ts'], may: [String.raw`\./errors\.js`], mayTypes: ['fastify'] },
  { files: ['src/host-warnings.ts'], may: [String.raw`\./routes/rows\.js`, String.raw`\./transports/index\.js`], mayTypes: [String.raw`\./options\.js`, 'fastify'] },
  { files: ['src/missing-server.ts'], may: [String.raw`\./errors\.js`], mayTypes: ['fastify'] },
  { files: ['src/shutdown.ts'], may: [String.raw`\./private/avvio-close\.js`], mayTypes: ['fastify'] },
  {
    files: ['src/registration.ts'],
    may: [String.raw`\./engine/engine\.js`, String.raw`\./hosts/hosts\.js`, String.raw`\./(?:log-options|official-server|option-warnings|options|runtime)\.js`],
    mayTypes: [String.raw`\./shutdown\.js`, 'fastify', 'socket\\.io']
  },
  {
    files: ['src/serve.ts'],
    may: [String.raw`\./(?:codec|engine|routes)/.+`, String.raw`\./private/adapter-offsets\.js`, String.raw`\./(?:errors|flash-policy|host-warnings|log-options|missing-server|official-server|shutdown)\.js`],
    mayTypes: [TYPES, String.raw`\./dialects/.+`, String.raw`\./(?:options|registration)\.js`, 'fastify', 'socket\\.io']
  },
  { files: ['src/index.ts'], may: ['fastify-plugin', String.raw`\./(?:registration|serve)\.js`, String.raw`\./observation/channels\.js`, String.raw`\./server-options/convert\.js`], mayTypes: [TYPES, 'fastify'] },
  { files: ['src/server-options/*.ts'], may: [OWN, String.raw`\.\./(?:errors|official-server|option-hints|options)\.js`], mayTypes: [TYPES, 'fastify', 'socket\\.io'] },
  { files: ['src/drop-in/*.ts'], may: [String.raw`\.\./server-options/.+`], mayTypes: [TYPES, 'socket\\.io'] },
  {
    files: ['src/fastify-socket.io.ts'],
    may: ['fastify-plugin', String.raw`\./drop-in/.+`, String.raw`\./server-options/unused\.js`, String.raw`\./(?:index|log-options|official-server)\.js`],
    mayTypes: [String.raw`\.\./types/fastify-socket\.io\.js`, 'fastify']
  },
  {
    files: ['src/cluster.ts', 'src/cluster/**/*.ts'],
    may: ['node:.+', 'ws', OWN, String.raw`\.\./[\w-]+\.js`, String.raw`\.\./(?:link|members)/.+`, String.raw`\.\./\.\./(?:codec/(?:packet|detach)|session/reasons|transports/jsonp-polling)\.js`, String.raw`(?:\.\./)+(?:errors|option-values)\.js`],
    mayTypes: [TYPES, 'fastify']
  },
  { files: ['src/recovery.ts', 'src/recovery/*.ts'], may: ['node:.+', OWN, String.raw`\.\./private/.+`, String.raw`(?:\.\./)*errors\.js`], mayTypes: [TYPES, 'socket\\.io'] },
  { files: ['src/prometheus/*.ts'], may: [String.raw`\.\./(?:errors|session/reasons|transports/index)\.js`], mayTypes: [TYPES] },
  { files: ['src/prometheus.ts'], may: [String.raw`\./(?:errors|option-values)\.js`, String.raw`\./(?:private/metric-registry|prometheus/families)\.js`], mayTypes: [TYPES] },
  {
    files: ['src/inspector.ts', 'src/inspector/*.ts'],
    may: ['node:crypto', 'node:fs', 'node:path', 'node:process', OWN, String.raw`(?:\.\./|\./)observation/(?:channels|shown-ids)\.js`, String.raw`(?:\.\./|\./)(?:errors|option-values)\.js`],
    mayTypes: [TYPES, 'fastify']
  },
  { files: ['src/nestjs/*.ts'], may: ['node:util', OWN, '@nestjs/common', String.raw`\.\./errors\.js`, String.raw`\.\./session/socket\.js`, String.raw`\.\./private/nest-initialized\.js`], mayTypes: [TYPES, 'fastify', 'rxjs', 'socket\\.io'] },
  {
    files: ['src/nestjs.ts'],
    may: ['fastify-plugin', String.raw`\./(?:nestjs|server-options)/.+`, String.raw`\./(?:errors|official-server|options|registration|serve)\.js`],
    mayTypes: [TYPES, '@nestjs/common', 'fastify', 'rxjs', 'socket\\.io']
  }
]

/** The two optional packages, which are imported only if an option needs them. Each has one file that may import it. */
const OPTIONAL_PEERS = { 'src/official-server.ts': 'socket.io', 'src/routes/client-files.ts': '@fastify/static' }

const RESTRICTED = '@typescript-eslint/no-restricted-imports'
const exactly = (specifiers) => `^(?:${specifiers.join('|')})$`

function arrows ({ files, may, mayTypes }) {
  const layer = files.join(', ')
  const never = {
    regex: `^(?!(?:${[...may, ...mayTypes].join('|') || '$.'})$)`,
    message: `No import of ${layer} runs there: see the layers in docs/architecture.md.`
  }
  const typesOnly = {
    regex: exactly(mayTypes),
    allowTypeImports: true,
    message: `${layer} knows only the types of this: use \`import type\`.`
  }
  const patterns = mayTypes.length > 0 ? [never, typesOnly] : [never]
  return { name: `arrows of ${layer}`, files, rules: { [RESTRICTED]: ['error', { patterns }] } }
}

/** Forbids `import()` except of an optional peer, because the rules for imports do not check it. */
function dynamicImport (files, peer) {
  const selector = peer === undefined ? 'ImportExpression' : `ImportExpression:not([source.value="${peer}"])`
  const message = 'import() is for optional peers only; everything else is imported at the top, where the arrows are checked.'
  return { files, rules: { 'no-restricted-syntax': ['error', { selector, message }] } }
}

export default [
  ...neostandard({ ts: true, ignores: ['dist', '.tap', 'docs/api', 'docs/.vitepress/cache', 'docs/.vitepress/dist', 'docs/.vitepress/.temp', 'test/golden/replay.mjs'] }),
  {
    name: 'no way round the types',
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': plugins['typescript-eslint'].plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }]
    }
  },
  {
    name: 'decorators: a type in a decorated signature is a value when the code runs',
    files: ['test/nestjs/app/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' }
  },
  { name: 'logs go through Fastify', files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
  arrows({ files: ['src/**/*.ts'], may: [], mayTypes: [] }),
  ...LAYERS.map(arrows),
  dynamicImport(['src/**/*.ts']),
  ...Object.entries(OPTIONAL_PEERS).map(([file, peer]) => dynamicImport([file], peer))
]
