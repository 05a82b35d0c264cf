/** What is left to a person after `setup`, in the order in which it is typed. Pure. */
import type { Answers } from './answers.ts';
import { agentDirectory, botDirectory } from './configurations.ts';

/** NEXT-STEPS.md. `notes`: what was found, and what was not. */
export function nextSteps(
  answers: Answers,
  { notes, hasBotUnit }: { notes: readonly string[]; hasBotUnit: boolean },
): string {
  return `# What is left to do for ${answers.cluster}

Commands are typed in this directory, on this machine, unless a step says otherwise. \`aurora-chatops\` must be at \`/usr/local/bin\` of every host and of the bot's machine.
${notes.length === 0 ? '' : `\n${notes.map((note) => `- ${note}\n`).join('')}`}
## 1. Look at what was written

\`bot/bot.yml\` and \`hosts/*/agent.yaml\`. A scheduler host that is not in them is a host that a restore does not stop: an odd number of hosts, all of them.

## 2. The hosts

${answers.hostKeys === 'made' ? copied(answers) : enrolled(answers)}
## 3. The bot

On the bot's machine, as root, after copying \`bot/\` there:

\`\`\`
useradd --system --home-dir /nonexistent aurora-chatops-bot
install -d -m 0750 -o root -g aurora-chatops-bot ${botDirectory}
install -d -m 0700 -o aurora-chatops-bot -g aurora-chatops-bot ${botDirectory}/secrets
install -m 0640 -o root -g aurora-chatops-bot bot/bot.yml bot/ca.pem bot/bot.pem ${botDirectory}/
install -m 0600 -o aurora-chatops-bot -g aurora-chatops-bot bot/bot.key ${botDirectory}/
install -m 0600 -o aurora-chatops-bot -g aurora-chatops-bot bot/secrets/grant-key ${botDirectory}/secrets/
install -d -m 0700 -o aurora-chatops-bot -g aurora-chatops-bot /var/lib/aurora-chatops-bot
runuser -u aurora-chatops-bot -- aurora-chatops config check --config ${botDirectory}/bot.yml
runuser -u aurora-chatops-bot -- aurora-chatops config check --live --config ${botDirectory}/bot.yml
\`\`\`

Make the Slack app from the package's \`manifest.yml\`, and give the bot its tokens (docs/configuration.md, "Secrets").${
    hasBotUnit
      ? ` Its unit is \`bot/aurora-chatops-bot.service\`; the head of that file says where the tokens go:

\`\`\`
install -m 0644 bot/aurora-chatops-bot.service /etc/systemd/system/
systemctl daemon-reload
systemctl enable --now aurora-chatops-bot
\`\`\``
      : ` Then start \`aurora-chatops bot --config ${botDirectory}/bot.yml\` under that account.`
  }

## 4. Put the authority away

\`pki/ca.key\` signs certificates that pass for the bot, and \`bot/secrets/grant-key\` signs what hosts do. Take \`pki/\` off this machine, and remove the copies
of keys that are where they belong. Look once a month, and renew in time:

\`\`\`
aurora-chatops pki show --directory pki
aurora-chatops pki renew --directory pki
\`\`\`
`;
}

function copied({ hosts }: Answers): string {
  const [first] = hosts;
  const target = `root@${first?.address ?? 'HOST'}`;
  const from = `hosts/${first?.name ?? 'HOST'}`;
  return `With Ansible, one host after the other; it ends at the first one whose \`agent check\` finds a problem:

\`\`\`
ansible-playbook -i ansible/inventory.yml ansible/site.yml
\`\`\`

Without it, for each host:

\`\`\`
ssh ${target} 'install -d -m 0700 ${agentDirectory} && install -d -m 0755 /etc/systemd/system/aurora-chatops-agent.service.d'
scp ${from}/agent.yaml ${from}/ca.pem ${from}/agent.pem ${from}/agent.key ${target}:${agentDirectory}/
scp ${from}/aurora-chatops-agent.service ${target}:/etc/systemd/system/
scp ${from}/aurora-chatops-agent.service.d/50-paths.conf ${target}:/etc/systemd/system/aurora-chatops-agent.service.d/
ssh ${target} 'aurora-chatops agent check --config ${agentDirectory}/agent.yaml'
ssh ${target} 'systemctl daemon-reload && systemctl enable --now aurora-chatops-agent'
\`\`\`
`;
}

function enrolled({ hosts }: Answers): string {
  const name = hosts[0]?.name ?? 'HOST';
  return `Each host makes its own key. For each of them, open its enrolment here; it waits a quarter of an hour, and prints the command to type on the host as root:

\`\`\`
aurora-chatops enroll open --host ${name} --directory . --listen 0.0.0.0:8099 --address NAME-OF-THIS-MACHINE
\`\`\`

Then the unit, with Ansible:

\`\`\`
ansible-playbook -i ansible/inventory.yml ansible/site.yml
\`\`\`
`;
}
