/** All backups of a cluster, from every host's directory and not only the leader's: the best one may be elsewhere. */
import type { BackupFile, BackupReport } from '../aurora/backups.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { HostAgent } from '../aurora/hosts.ts';

export interface BackupCopy {
  readonly host: string;
  readonly name: string;
}

/** One content; equal files on several hosts, or under several names, are one item. */
export interface InventoryItem {
  readonly sha256: string;
  readonly report: BackupReport;
  /** From inside the file, never from its name or mtime; `null` when it has none. */
  readonly contentAtMs: number | null;
  /** In the order of the configuration. Never empty. */
  readonly copies: readonly [BackupCopy, ...BackupCopy[]];
}

export interface Inventory {
  /** Newest content first; those without a time last. */
  readonly items: readonly InventoryItem[];
  /** Sha256 of the newest one whose verdict is `ok`; `null` when there is none. */
  readonly recommended: string | null;
  readonly asked: number;
  readonly answered: number;
  /** Hosts that did not answer: what lies there is not known. */
  readonly silent: readonly { readonly host: string; readonly why: string }[];
}

/** Asks all hosts at once. Never throws for a host that does not answer: its name is in `silent`. */
export async function listInventory(
  agents: readonly Pick<HostAgent, 'host' | 'listBackups'>[],
): Promise<Inventory> {
  const answers = await Promise.all(agents.map(askHost));
  const items = mergeByContent(answers);
  const recommended = items.find((item) => item.report.verdict === 'ok' && item.contentAtMs !== null);
  const silent = answers.flatMap(({ host, why }) => (why === null ? [] : [{ host, why }]));
  return {
    items,
    recommended: recommended?.sha256 ?? null,
    asked: agents.length,
    answered: agents.length - silent.length,
    silent,
  };
}

interface Answer {
  readonly host: string;
  readonly files: readonly BackupFile[];
  readonly why: string | null;
}

async function askHost(agent: Pick<HostAgent, 'host' | 'listBackups'>): Promise<Answer> {
  try {
    return { host: agent.host, files: await agent.listBackups(), why: null };
  } catch (error) {
    const why = error instanceof AuroraError ? error.message : messageOf(error);
    return { host: agent.host, files: [], why };
  }
}

function mergeByContent(answers: readonly Answer[]): InventoryItem[] {
  const items = new Map<string, InventoryItem>();
  for (const { host, files } of answers) {
    for (const { name, report } of files) {
      const copy = { host, name };
      const known = items.get(report.sha256);
      items.set(report.sha256, {
        sha256: report.sha256,
        report: known?.report ?? report,
        contentAtMs: report.timestampMs,
        copies: known === undefined ? [copy] : [...known.copies, copy],
      });
    }
  }
  return [...items.values()].sort(
    (a, b) => (b.contentAtMs ?? -1) - (a.contentAtMs ?? -1) || (a.sha256 < b.sha256 ? -1 : 1),
  );
}
