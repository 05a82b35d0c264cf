/** The flag file of a host as Debian's: what the agent reads in it is what the flags were, and what bash hands on. */
import { describe, expect, it } from 'vitest';
import { debianVariables } from '../../../src/agent/driver-config.ts';
import { shellVariablesGrammar } from '../../../src/agent/flags/shell-variables.ts';
import { defaultFile } from '../../../src/drill/namespaces/scheduler-files.ts';
import { argumentsOfVariables } from '../../agent/flags/as-run.ts';

const flagFile = `# east
-cluster_name=east
-hostname=aurora-1
-http_port=8081
-zk_endpoints=10.213.1.1:2181
-mesos_master_address=zk://10.213.1.1:2181/mesos/master
-backup_dir=/var/lib/aurora/backups
-max_registration_delay=1mins
`;
const flags = {
  cluster_name: 'east',
  hostname: 'aurora-1',
  http_port: '8081',
  zk_endpoints: '10.213.1.1:2181',
  mesos_master_address: 'zk://10.213.1.1:2181/mesos/master',
  backup_dir: '/var/lib/aurora/backups',
  max_registration_delay: '1mins',
};

describe('defaultFile', () => {
  it('says to the agent and to bash what the flags were', () => {
    const text = defaultFile(flagFile);

    const grammar = shellVariablesGrammar({ variables: debianVariables, extraArgs: 'EXTRA_SCHEDULER_ARGS' });
    const there = Object.fromEntries(
      Object.entries(debianVariables).filter(([variable]) => text.includes(`${variable}=`)),
    );
    expect(grammar.parse(text)).toEqual(flags);
    expect([...argumentsOfVariables(text, there)].sort()).toEqual(
      Object.entries(flags)
        .map(([name, value]) => `-${name}=${value}`)
        .sort(),
    );
  });
});
