/** Test code: beside the code, its fixtures (given.ts, world.ts, fixtures/), and the test folder. */
const TESTS = '\\.test\\.ts$|/(given|world)\\.ts$|/fixtures/|^test/';
/** Code that decides: the same input always gives the same output. */
const PURE = '^lib/(flow|facts|json)/|^services/[^/]+/(fold|decide)\\.ts$';
const NODE_OR_NPM = ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'unknown'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dead-imports',
      comment: 'The import names nothing that exists.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'schemas-know-nothing',
      comment: 'The contract depends on nobody.',
      severity: 'error',
      from: { path: '^schemas/', pathNot: TESTS },
      to: { path: '^(lib|model|services|app|infra|test)/|^node_modules/' },
    },
    {
      name: 'lib-knows-no-service',
      comment: 'Imports only point up the folder tree: schemas, lib, services, app.',
      severity: 'error',
      from: { path: '^lib/', pathNot: TESTS },
      to: { path: '^(services|app|infra|test)/' },
    },
    {
      name: 'services-know-no-app',
      comment: 'Imports only point up the folder tree: schemas, lib, services, app.',
      severity: 'error',
      from: { path: '^services/', pathNot: TESTS },
      to: { path: '^(app|infra|test)/' },
    },
    {
      name: 'services-stand-apart',
      comment: 'A service knows the others only by the topics they share.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: TESTS },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'pipeline-lists-topologies',
      comment: 'services/pipeline.ts lists the services in order; it knows what they declare, not how they work.',
      severity: 'error',
      from: { path: '^services/[^/]+\\.ts$', pathNot: TESTS },
      to: { path: '^services/[^/]+/', pathNot: '/topology\\.ts$' },
    },
    {
      name: 'pure-imports-nothing',
      comment: 'Folds, deciders and the flow runtime run anywhere, the same way: no npm or Node module.',
      severity: 'error',
      from: { path: PURE, pathNot: TESTS },
      to: { dependencyTypes: NODE_OR_NPM },
    },
    {
      name: 'pure-reaches-nothing',
      comment: 'What they import must be as pure: no npm or Node module further down either.',
      severity: 'error',
      from: { path: PURE, pathNot: TESTS },
      to: { reachable: true, path: '^node_modules/|^node:|^[a-z_]+(/promises)?$' },
    },
    {
      name: 'pure-knows-no-adapter',
      comment: 'Pure code sees ports; types of an adapter may be named, its code may not be run.',
      severity: 'error',
      from: { path: PURE, pathNot: TESTS },
      to: { path: '^lib/', pathNot: '^lib/(flow|model|facts|identity|json)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'code-knows-no-test',
      comment: 'What runs in production does not need what tests it.',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'code-needs-no-dev-package',
      comment: 'What runs in production is listed under dependencies.',
      severity: 'error',
      from: { path: '^(schemas|lib|services|app|bin)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: '^node_modules/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
};
