/** An Ansible inventory and role that put the files of an installation where they belong. Plain files, and no module but builtin ones. */
import { stringify } from 'yaml';
import type { Answers } from './answers.ts';
import { agentDirectory } from './configurations.ts';

const unit = 'aurora-chatops-agent.service';

/** Texts by path. */
export function ansibleFiles({ cluster, hosts, hostKeys }: Answers): Readonly<Record<string, string>> {
  const inventory = {
    aurora_schedulers: {
      hosts: Object.fromEntries(hosts.map(({ name, address }) => [name, { ansible_host: address }])),
    },
  };
  const play = [
    {
      name: `Host agents of ${cluster}`,
      hosts: 'aurora_schedulers',
      become: true,
      // A mistake then stops one agent and not all of them.
      serial: 1,
      roles: ['aurora_chatops_agent'],
    },
  ];
  const copied = ['agent.yaml', ...(hostKeys === 'made' ? ['ca.pem', 'agent.pem', 'agent.key'] : [])];
  return {
    'ansible/inventory.yml': stringify(inventory),
    'ansible/site.yml': stringify(play),
    'ansible/roles/aurora_chatops_agent/tasks/main.yml': stringify(tasks(hostKeys === 'made' ? copied : [])),
    'ansible/roles/aurora_chatops_agent/handlers/main.yml': stringify([
      {
        name: 'Restart the agent',
        'ansible.builtin.systemd_service': { name: unit, state: 'restarted', daemon_reload: true },
      },
    ]),
  };
}

function tasks(files: readonly string[]): object[] {
  const source = '{{ playbook_dir }}/../hosts/{{ inventory_hostname }}';
  const notify = 'Restart the agent';
  const directory = (path: string, mode: string) => ({
    name: `Make ${path}`,
    'ansible.builtin.file': { path, state: 'directory', owner: 'root', group: 'root', mode },
  });
  const copy = (file: string, to: string, mode: string) => ({
    name: `Copy ${file}`,
    'ansible.builtin.copy': { src: `${source}/${file}`, dest: to, owner: 'root', group: 'root', mode },
    // Keys are among them: neither their text nor a difference of it is shown.
    diff: false,
    notify,
  });
  return [
    directory(agentDirectory, '0700'),
    ...files.map((file) => copy(file, `${agentDirectory}/${file}`, '0600')),
    directory(`/etc/systemd/system/${unit}.d`, '0755'),
    copy(unit, `/etc/systemd/system/${unit}`, '0644'),
    copy(`${unit}.d/50-paths.conf`, `/etc/systemd/system/${unit}.d/50-paths.conf`, '0644'),
    {
      name: 'Look whether the host is ready for a restore',
      'ansible.builtin.command': {
        argv: ['/usr/local/bin/aurora-chatops', 'agent', 'check', '--config', `${agentDirectory}/agent.yaml`],
      },
      changed_when: false,
    },
    {
      name: 'Start the agent, now and at every boot',
      'ansible.builtin.systemd_service': { name: unit, enabled: true, state: 'started', daemon_reload: true },
    },
  ];
}
