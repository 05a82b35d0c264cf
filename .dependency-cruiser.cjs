// The arrows of ARCHITECTURE.md: cli → commands → slack → restore, backups → aurora; adapters → aurora.
// What is pretend, apart from the product: a Slack, an Aurora, and the drill that plays with both.
const pretend = ['local-slack', 'pretend-aurora', 'drill'];
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
      '^(src/(?!(aurora|restore|streams)/)|commands/)',
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
      '^(src/(?!(aurora|backups|streams|thrift)/)|commands/)',
      'backups decode with the codec and know no other room',
    ),
    rule(
      'signing-verifies',
      '^src/signing/',
      '^(src/(?!(aurora|signing)/)|commands/)',
      'who signed what is the same judgement on a host, in the bot and in a terminal',
    ),
    ...['thrift', 'zookeeper', 'mesos', 'store'].map((room) =>
      rule(
        `${room}-is-an-adapter`,
        `^src/${room}/`,
        `^(src/(?!(aurora|streams|${room})/)|commands/)`,
        'adapters know the words and nobody else',
      ),
    ),
    rule(
      'agent-is-an-adapter',
      '^src/agent/',
      '^(src/(?!(aurora|agent|backups|signing|thrift)/)|commands/)',
      'the daemon decodes backups and speaks Thrift to its own scheduler',
    ),
    rule(
      'pki-issues',
      '^src/pki/',
      '^(src/(?!(aurora|pki)/)|commands/)',
      'certificates are made the same way for a program, a test and a drill',
    ),
    rule(
      'setup-writes-files',
      '^src/setup/',
      '^(src/(?!(aurora|agent|pki|setup|zookeeper)/)|commands/)',
      'an installation is worked out from files and ZooKeeper, and knows no bot that runs',
    ),
    rule(
      'streams-carry',
      '^src/streams/',
      '^(src/(?!(aurora|streams)/)|commands/)',
      'lists of any length are carried by the same few parts everywhere',
    ),
    rule(
      'leader-looks',
      '^src/leader/',
      '^(src/(?!(aurora|leader)/)|commands/)',
      'finding out who leads needs the words and their ports',
    ),
    rule(
      'watch-judges',
      '^src/watch/',
      '^(src/(?!(aurora|backups|watch)/)|commands/)',
      'the watch looks through the ports that are there and speaks through a voice it is given',
    ),
    rule(
      'sign-page-asks-the-service',
      '^src/sign-page/',
      '^(src/(?!(aurora|restore|sign-page)/)|commands/)',
      'a person signs on a page by the same service as in Slack',
    ),
    rule(
      'terminal-asks-the-service',
      '^src/terminal/',
      '^(src/(?!(aurora|restore|terminal)/)|commands/)',
      'a person decides in a terminal by the same service as in Slack',
    ),
    rule(
      'report-tells',
      '^src/report/',
      '^(src/(?!(aurora|restore|report)/)|commands/)',
      'a report is written from the record alone, off-line as well',
    ),
    rule(
      'slack-is-a-window',
      '^src/slack/',
      `^(src/(cli|terminal|sign-page(?!/page/)|${adapters.join('|')})/|commands/)`,
      'Slack sees restores and backups, never a technology',
    ),
    rule(
      'commands-converse',
      '^commands/',
      `^src/(cli|${adapters.join('|')})/`,
      'a command asks services, not adapters',
    ),
    rule(
      'nobody-imports-what-is-pretend',
      `^(src/(?!(${pretend.join('|')}|cli)/)|commands/)`,
      `^src/(${pretend.join('|')})/`,
      'the pretend world stays out of the product',
    ),
    rule(
      'the-program-imports-the-drill',
      '^src/cli/',
      '^src/(local-slack|pretend-aurora)/',
      'the program knows the drill, and by it the rest',
    ),
    rule(
      'local-slack-stands-alone',
      '^src/local-slack/',
      '^(src/(?!local-slack/|aurora/(clock|errors)\\.ts$)|commands/)',
      'a Slack knows neither Aurora nor this app',
    ),
    rule(
      'pretend-aurora-speaks-to-strangers',
      '^src/pretend-aurora/',
      '^(src/(?!(pretend-aurora|aurora|thrift|zookeeper)/)|commands/)',
      'it knows the words and the wire, never the app that speaks to it nor the drill that plays with it',
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
