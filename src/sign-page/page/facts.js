/** A statement in words, the same ones wherever a person signs: on the page, in Slack's form, in a terminal. */

const titles = {
  stop: (cluster) => `Stop the schedulers of ${cluster}`,
  commit: (cluster) => `Replace the storage of ${cluster}`,
  'go-back': (cluster) => `Go back to what ${cluster} had before the commit`,
  release: (cluster) => `Let ${cluster} reconcile`,
};

const ends = {
  stop: 'Tasks keep running; all of it can be put back until the commit.',
  commit:
    'After the commit, Stop no longer works; you can still go back to the old log until the first reconciliation.',
  'go-back': 'What was committed is left behind.',
  release: 'Tasks are killed and started. This cannot be undone.',
};

/** What it asks for, in a line. */
export function titleOf({ intent, cluster }) {
  return titles[intent](cluster);
}

/** What that means, in a sentence. */
export function meaningOf({ intent }) {
  return ends[intent];
}

/** What it says, a name and a value each. `nameOf` gives people their names. */
export function factsOf(statement, nameOf = (id) => id) {
  const { tasks, leftOut, authors, needed } = statement;
  return [
    ['Restore', `${statement.restore} of ${statement.cluster}, procedure ${statement.procedure}`],
    statement.oldLogOf === null
      ? ['Backup', `sha256 ${groups(statement.backup ?? 'not known')}`]
      : ['Old log', `the one that ${statement.oldLogOf} set aside`],
    [
      'Tasks',
      tasks === null
        ? 'not known yet'
        : `${tasks.killed} killed, ${tasks.startedAgain} started again, ${tasks.kept} kept`,
    ],
    ...(leftOut.tasks === 0 ? [] : [['Left out', `${leftOut.tasks} task${leftOut.tasks === 1 ? '' : 's'}`]]),
    ...(statement.staged === null ? [] : [['Staged', `sha256 ${groups(statement.staged)}`]]),
    ['Hosts', statement.hosts.join(', ')],
    ['Needs', `${needed} ${needed === 1 ? 'person' : 'people'}${sharing(authors.map(nameOf))}`],
    ...(statement.intent === 'commit' ? [['Afterwards', reconciles(statement.releasesAfterMs)]] : []),
    ['Digest', groups(statement.digest, 2)],
    ['Good until', `${new Date(statement.expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ];
}

function sharing(authors) {
  return authors.length < 2 ? '' : `; ${authors.join(' and ')} made it and count as one signer`;
}

function reconciles(afterMs) {
  return afterMs === null
    ? 'it reconciles when one of those who signed lets it'
    : `it reconciles by itself ${Math.round(afterMs / 60_000)} min after the commit unless somebody objects`;
}

/** The beginning of a hash, in groups of four for the eye. */
function groups(hash, count = 4) {
  return (
    hash
      .slice(0, count * 4)
      .match(/.{1,4}/g)
      ?.join('-') ?? ''
  );
}
