// The arrows of ARCHITECTURE.md: cli → commands → slack → restore, backups → aurora; adapters → aurora.
const adapters = ['thrift', 'zookeeper', 'mesos', 'agent', 'store'];
const rule = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    rule(
      'aurora-imports-nothing',
      '^src/aurora/',
      '^(src/(?!aurora/)|commands/|test/)',
      'the words import nothing of ours',
    ),
    {
      name: 'aurora-does-no-io',
      severity: 'error',
      from: { path: '^src/aurora/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    rule(
      'restore-decides',
      '^src/restore/',
      '^(src/(?!(aurora|restore)/)|commands/)',
      'the heart opens no socket',
    ),
    rule(
      'pure-does-not-act',
      '^src/restore/(record|rules|decisions|procedures)/',
      '^src/restore/(ports|step)\\.ts|^src/restore/(engine|looks|preflight|service|steps)/',
      'what happened, the rules, decisions and plans are pure: no file of theirs imports one that acts',
    ),
    rule(
      'backups-reads',
      '^src/backups/',
      '^(src/(?!(aurora|backups|thrift)/)|commands/)',
      'backups decode with the codec and know no other room',
    ),
    ...['thrift', 'zookeeper', 'mesos', 'store'].map((room) =>
      rule(
        `${room}-is-an-adapter`,
        `^src/${room}/`,
        `^(src/(?!(aurora|${room})/)|commands/)`,
        'adapters know the words and nobody else',
      ),
    ),
    rule(
      'agent-is-an-adapter',
      '^src/agent/',
      '^(src/(?!(aurora|agent|backups|thrift)/)|commands/)',
      'the daemon decodes backups and speaks Thrift to its own scheduler',
    ),
    rule(
      'leader-looks',
      '^src/leader/',
      '^(src/(?!(aurora|leader)/)|commands/)',
      'finding out who leads needs the words and their ports',
    ),
    rule(
      'slack-is-a-window',
      '^src/slack/',
      `^(src/(drill|cli|${adapters.join('|')})/|commands/)`,
      'Slack sees restores and backups, never a technology',
    ),
    rule(
      'commands-converse',
      '^commands/',
      `^src/(drill|cli|${adapters.join('|')})/`,
      'a command asks services, not adapters',
    ),
    rule(
      'nobody-imports-the-drill',
      '^(src/(?!(drill|cli)/)|commands/)',
      '^src/drill/',
      'the pretend world stays out of the product',
    ),
    rule('nobody-imports-tests', '^(src|commands)/', '^test/', 'tests import the product, not the other way'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
