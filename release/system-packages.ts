/**
 * What the `.deb` and `.rpm` packages are made of: the program (the bundle, below /usr/lib), and bot and agent with their units and
 * accounts. Scripts are the same for both; no script starts a service, and none restarts one.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkout } from './locked-packages.ts';

export interface SystemPackage {
  readonly name: string;
  readonly summary: string;
  /** Of the same version. */
  readonly needs: string | null;
  /** Files that their owner may change and that an upgrade leaves as they are. */
  readonly configuration: readonly string[];
  /** Shell, run after files are there; `$upgrade` is `yes` or empty. */
  readonly afterInstall: string;
  /** Shell, run before files go for good (not at an upgrade); what it ends with other than 0 keeps the package. */
  readonly beforeRemove: string;
  /** Puts its files below `root`; units belong into `units`, as a path of the host. */
  fill(root: string, options: { bundle: string; units: string }): void;
}

/** What both kinds of package are made from. */
export interface Making {
  readonly version: string;
  /** The unpacked bundle. */
  readonly bundle: string;
  /** An empty directory for what is needed on the way. */
  readonly work: string;
  /** Where the package goes. */
  readonly to: string;
}

const packaging = join(checkout, 'packaging');
const dropIn = '/etc/systemd/system/aurora-chatops-agent.service.d/paths.conf';

const account = (name: string, home: string): string =>
  `getent passwd ${name} >/dev/null || useradd --system --user-group --home-dir ${home} --no-create-home --shell /usr/sbin/nologin ${name}`;

/** An upgrade in the middle of a restore is survived, but when it happens is for a person to say. */
const sayRestart = (unit: string): string => `if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  if [ -n "$upgrade" ] && systemctl --quiet is-active ${unit}; then
    echo "${unit} still runs the version of before. As soon as no restore is in flight (/aurora status): systemctl restart ${unit}"
  fi
fi`;

const stop = (
  unit: string,
): string => `if [ -d /run/systemd/system ] && systemctl cat ${unit} >/dev/null 2>&1; then
  systemctl --quiet disable --now ${unit}
fi`;

export const systemPackages: readonly SystemPackage[] = [
  {
    name: 'aurora-chatops',
    summary: 'Restore an Apache Aurora scheduler from Slack, under two-person control: the program',
    needs: null,
    configuration: [],
    afterInstall: '',
    beforeRemove: '',
    fill: (root, { bundle }) => {
      cpSync(bundle, inside(root, '/usr/lib/aurora-chatops'), { recursive: true, verbatimSymlinks: true });
      symlinkSync('../lib/aurora-chatops/bin/aurora-chatops', inside(root, '/usr/bin/aurora-chatops'));
      cpSync(join(checkout, 'LICENSE'), inside(root, '/usr/share/doc/aurora-chatops/copyright'));
    },
  },
  {
    name: 'aurora-chatops-agent',
    summary: 'Restore an Apache Aurora scheduler from Slack: the daemon on each scheduler host',
    needs: 'aurora-chatops',
    configuration: [dropIn],
    afterInstall: [
      'mkdir -p -m 0700 /etc/aurora-chatops',
      account('aurora-prove', '/nonexistent'),
      sayRestart('aurora-chatops-agent.service'),
    ].join('\n'),
    beforeRemove: `if [ -e /var/lib/aurora-chatops/traffic-blocked ]; then
  echo "A restore keeps this host's scheduler port blocked, and only the agent opens it. End the restore (/aurora status), then remove the package." >&2
  exit 1
fi
${stop('aurora-chatops-agent.service')}`,
    fill: (root, { units }) => {
      for (const unit of ['aurora-chatops-agent.service', 'aurora-chatops-prove@.service']) {
        bringUnit(root, units, unit);
      }
      writeFileSync(
        inside(root, dropIn),
        '# Where agent.yaml names other directories than these, add them: around paths.log, paths.backups and paths.flags.\n' +
          '[Service]\n# ReadWritePaths=-/srv/aurora\n',
      );
    },
  },
  {
    name: 'aurora-chatops-bot',
    summary: 'Restore an Apache Aurora scheduler from Slack: the Slack app and its worker',
    needs: 'aurora-chatops',
    configuration: [],
    afterInstall: [
      account('aurora-chatops-bot', '/var/lib/aurora-chatops-bot'),
      'mkdir -p -m 0755 /etc/aurora-chatops-bot',
      'mkdir -p -m 0700 /etc/aurora-chatops-bot/secrets', // the unit's LoadCredential reads it as root
      sayRestart('aurora-chatops-bot.service'),
    ].join('\n'),
    beforeRemove: stop('aurora-chatops-bot.service'),
    fill: (root, { units }) => {
      for (const unit of readdirSync(packaging)) {
        if (/^aurora-chatops-bot.*\.service$/.test(unit)) bringUnit(root, units, unit);
      }
      cpSync(join(checkout, 'manifest.yml'), inside(root, '/usr/share/doc/aurora-chatops-bot/manifest.yml'));
    },
  },
];

/** A unit as it is in packaging/, but for where the program is: what packages bring is not below /usr/local. */
function bringUnit(root: string, units: string, unit: string): void {
  const text = readFileSync(join(packaging, unit), 'utf8');
  writeFileSync(inside(root, join(units, basename(unit))), text.replaceAll('/usr/local/bin/', '/usr/bin/'));
}

/** A path of the host below `root`, whose directory is there afterwards. */
function inside(root: string, path: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  return join(root, path);
}
