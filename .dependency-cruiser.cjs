// Who may import whom. A folder of src/ may import itself and what its line names; `crypto` stands for the
// top-level folder. test/architecture/imports.test.ts plants a violation of each kind and sees it caught.
const mayImport = {
  protocol: ['crypto'],
  rpc: ['protocol'],
  storage: ['protocol'],
  audit: ['protocol', 'crypto'],
  client: ['protocol', 'crypto', 'rpc'],
  coordinator: ['protocol', 'crypto', 'rpc', 'storage'],
  operator: ['protocol', 'crypto', 'rpc'],
  statistics: ['client', 'operator'],
  learning: ['client', 'operator'],
  testing: ['client', 'coordinator', 'operator', 'protocol', 'crypto'],
};

// Packages with an owner: nobody else in src/ may import them. `cli` may import anything.
const packageOwners = [
  ['grpc', '@grpc/|grpc-health-check/', ['rpc', 'client/node', 'coordinator', 'operator']],
  ['jose', 'jose/', ['coordinator']],
  ['metrics', 'prom-client/', ['coordinator/metrics']],
  ['traces', '@opentelemetry/', ['coordinator/tracing']],
  ['database', 'better-sqlite3/|@types/better-sqlite3/|kysely/|pg/|@types/pg/', ['storage', 'client/node']],
  ['tensorflow', '@tensorflow/', ['learning']],
  ['certificates', 'selfsigned/', ['coordinator']],
  ['terminal', 'commander/|cli-progress/|@types/cli-progress/', []],
];

const folderOf = (name) => (name === 'crypto' ? '^crypto/' : `^src/${name}/`);
const anyOf = (names) => names.map(folderOf).join('|');

const layers = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `layer-${name}`,
  severity: 'error',
  comment: `src/${name} may import only itself${allowed.map((other) => `, ${other}`).join('')}`,
  from: { path: folderOf(name) },
  to: { path: '^(src|crypto|test|scripts|dist)/', pathNot: anyOf([name, ...allowed]) },
}));

const owners = packageOwners.map(([name, packages, folders]) => ({
  name: `package-${name}`,
  severity: 'error',
  comment: `only ${[...folders, 'cli'].join(', ')} may import ${packages}`,
  from: { path: '^(src|crypto)/', pathNot: anyOf([...folders, 'cli']) },
  to: { path: `node_modules/(${packages})` },
}));

// Loaded on first use, and possibly not installed.
const optionalPeers =
  '^(@tensorflow/|node-seal|pg$|@opentelemetry/)|node_modules/(@tensorflow|node-seal|pg|@opentelemetry)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: optionalPeers },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      comment: 'what the product imports is a dependency or an optional peer',
      from: { path: '^(src|crypto)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: `${optionalPeers}|node_modules/@types/`,
      },
    },
    ...layers,
    {
      name: 'layer-crypto',
      severity: 'error',
      comment: 'crypto/ knows nothing of sessions',
      from: { path: '^crypto/' },
      to: { path: '^(src|test|scripts|dist)/' },
    },
    {
      name: 'crypto-packages',
      severity: 'error',
      comment: 'crypto/ imports @noble/* and cborg; node-seal is for crypto/ckks/node-seal.ts alone',
      from: { path: '^crypto/' },
      to: {
        path: 'node_modules/|^node-seal',
        pathNot: 'node_modules/(@noble|cborg|@types/node|node-seal)/|^node-seal',
      },
    },
    {
      name: 'seal-in-one-file',
      severity: 'error',
      from: { pathNot: '^crypto/ckks/node-seal\\.ts$' },
      to: { path: 'node_modules/node-seal/|^node-seal' },
    },
    {
      name: 'node-crypto-in-its-place',
      severity: 'error',
      comment:
        'node:crypto only in crypto/backend/ and crypto/mask-engine/; certificates in src/cli/x509.ts; yardsticks in src/cli/bench/bare/',
      from: { pathNot: '^(crypto/(backend|mask-engine)/|src/cli/(x509\\.ts$|bench/bare/))' },
      to: { path: '^(node:)?crypto$', dependencyTypes: ['core'] },
    },
    {
      name: 'threads-in-their-place',
      severity: 'error',
      comment: 'node:worker_threads only where masks are computed, where SQLite runs, and in simulations',
      from: {
        pathNot: '^(crypto/(backend|engine|mask-engine)|src/storage/sqlite|src/cli/simulate/agreements)/',
      },
      to: { path: '^(node:)?worker_threads$', dependencyTypes: ['core'] },
    },
    {
      name: 'crypto-core-modules',
      severity: 'error',
      comment: 'crypto/ uses no other builtin of Node; its mask engine counts processors',
      from: { path: '^crypto/', pathNot: '^crypto/mask-engine/node\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|worker_threads)$' },
    },
    {
      name: 'backend-by-condition',
      severity: 'error',
      comment: 'import #crypto-backend: a direct import would defeat the export conditions of the browser',
      from: { path: '^crypto/', pathNot: '^crypto/(backend|mask-engine)/' },
      to: { path: '^crypto/backend/(node|portable)', dependencyTypesNot: ['aliased', 'type-only'] },
    },
    {
      name: 'protocol-not-backend',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { path: '^crypto/backend/' },
    },
    {
      name: 'portable-core-modules',
      severity: 'error',
      comment: 'protocol, audit, the portable client and the entry point run in a browser',
      from: { path: '^src/(protocol|audit|client|index\\.ts$)', pathNot: '^src/client/node/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'portable-client',
      severity: 'error',
      comment: 'the portable client does not know its Node shell',
      from: { path: '^src/(client/|index\\.ts$)', pathNot: '^src/client/node/' },
      to: { path: '^src/client/node/' },
    },
    {
      name: 'pure-packages',
      severity: 'error',
      comment: 'protocol and audit: zod, nothing else from npm',
      from: { path: '^src/(protocol|audit)/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'entry-point',
      severity: 'error',
      comment: 'blindsum itself is portable: no service code behind it',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '^src/(coordinator|storage|operator|cli|learning|statistics|testing)/' },
    },
    ...owners,
  ],
  options: {
    doNotFollow: { path: 'node_modules|^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: `${__dirname}/tsconfig.json` },
    // #crypto-backend is seen as the file that Node gets, in source form.
    webpackConfig: { fileName: `${__dirname}/.dependency-cruiser.resolve.cjs` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'node', 'import', 'default'],
    },
  },
};
