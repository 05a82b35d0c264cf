/** All backups of a cluster, from every host's directory and not only the leader's: the best one may be elsewhere. */
import { judgeBackupTime } from '../aurora/backup-time.ts';
import type { BackupFile, BackupReport } from '../aurora/backups.ts';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import type { HostAgent } from '../aurora/hosts.ts';
import { type BackupProof, newestProof } from '../aurora/proof.ts';
import { within } from '../aurora/within.ts';

export interface BackupCopy {
  readonly host: string;
  readonly name: string;
  /** Its host does not answer now, and said so then; milliseconds since the epoch. */
  readonly asOfMs?: number;
}

/** One content; equal files on several hosts, or under several names, are one item. */
export interface InventoryItem {
  readonly sha256: string;
  readonly report: BackupReport;
  /** From inside the file, never from its name or mtime; `null` when it has none. */
  readonly contentAtMs: number | null;
  /** Those that lie there now, then those that lay there; each in the order of the configuration. Never empty. */
  readonly copies: readonly [BackupCopy, ...BackupCopy[]];
  /** What a scheduler of one of those hosts made of it; absent when none was asked. */
  readonly proven?: HostProof;
}

export interface HostProof {
  readonly host: string;
  readonly proof: BackupProof;
}

export interface Inventory {
  /** Newest content first; then those whose time cannot be right, and those without one last. */
  readonly items: readonly InventoryItem[];
  /** Sha256 of the newest one that is there now, whose verdict is `ok` and whose age is known; `null` when there is none. */
  readonly recommended: string | null;
  readonly asked: number;
  readonly answered: number;
  /** Hosts that did not answer: what lies there is not known. */
  readonly silent: readonly { readonly host: string; readonly why: string }[];
  /** Hosts whose agent answers and was still reading its backups when the time was up. */
  readonly reading: readonly string[];
  /** Hosts that have answered, and how many of their files are still to be read. */
  readonly unread: readonly { readonly host: string; readonly left: number; readonly of: number }[];
}

/** What is known of one host. */
export interface HostAnswer {
  readonly host: string;
  readonly files: readonly BackupFile[];
  /** Files that are there and not read yet. */
  readonly unread: number;
  /** Why it does not answer; `null` when it does. */
  readonly why: string | null;
  /** Its agent lives, and has still to list anything. */
  readonly reading: boolean;
  /** When it said what is in `files`, where that is not now. */
  readonly asOfMs: number | null;
}

type ListingAgent = Pick<HostAgent, 'host' | 'listBackups' | 'readStatus'>;

/**
 * Asks all hosts at once. Never throws for a host that does not answer: its name is in `silent`, or in `reading`. Nobody is
 * waited for longer than `limitMs`; an agent that is still reading goes on, and keeps what it has read for the next question.
 */
export async function listInventory(
  agents: readonly ListingAgent[],
  bound: { clock: Clock; limitMs: number },
): Promise<Inventory> {
  const answers = await Promise.all(agents.map((agent) => askHost(agent, bound)));
  return mergeInventory(answers, bound.clock.now());
}

/** All hosts as one, judged by the clock of whoever asks. */
export function mergeInventory(answers: readonly HostAnswer[], now: number): Inventory {
  const items = mergeByContent(answers).sort(byWorth(now));
  const recommended = items.find(
    (item) =>
      isThere(item) &&
      item.report.verdict === 'ok' &&
      judgeBackupTime(item.contentAtMs, now).kind === 'known',
  );
  const silent = answers.flatMap(({ host, why }) => (why === null ? [] : [{ host, why }]));
  const reading = answers.filter((answer) => answer.reading).map(({ host }) => host);
  return {
    items,
    recommended: recommended?.sha256 ?? null,
    asked: answers.length,
    answered: answers.length - silent.length - reading.length,
    silent,
    reading,
    unread: answers.flatMap(({ host, files, unread }) =>
      unread === 0 ? [] : [{ host, left: unread, of: files.length + unread }],
    ),
  };
}

/** Without what lies only on hosts that do not answer: nothing can be restored from there. */
export function onlyThere(inventory: Inventory): Inventory {
  return { ...inventory, items: inventory.items.filter(isThere) };
}

/** Whether some host that answers has it. */
function isThere({ copies: [first] }: Pick<InventoryItem, 'copies'>): boolean {
  return first.asOfMs === undefined;
}

/**
 * Decoding a big backup for the first time takes longer than a person waits, and looks like a frozen host. So a listing that
 * takes half of its time is joined by a question that an agent answers at once, whatever it is reading.
 */
async function askHost(
  agent: ListingAgent,
  { clock, limitMs }: { clock: Clock; limitMs: number },
): Promise<HostAnswer> {
  const { host } = agent;
  const listing = agent.listBackups().then(
    (files): HostAnswer => ({ host, files, ...told }),
    (error: unknown): HostAnswer => ({ ...told, host, files: [], why: messageOf(error) }),
  );
  const early = await within(clock, limitMs / 2, listing);
  if (early !== undefined) return early;
  const lives = agent.readStatus().then(
    () => true,
    () => false,
  );
  const [late, alive] = await Promise.all([
    within(clock, limitMs / 2, listing),
    within(clock, limitMs / 2, lives),
  ]);
  if (late !== undefined) return late;
  const why = alive === true ? null : `The agent on ${host} did not answer within ${limitMs / 1000} s.`;
  return { ...told, host, files: [], why, reading: why === null };
}

const told = { unread: 0, why: null, reading: false, asOfMs: null } as const;

function mergeByContent(answers: readonly HostAnswer[]): InventoryItem[] {
  const items = new Map<string, InventoryItem>();
  const nowFirst = answers.toSorted((a, b) => Number(a.asOfMs !== null) - Number(b.asOfMs !== null));
  for (const { host, files, asOfMs } of nowFirst) {
    for (const { name, report, proof } of files) {
      const copy = { host, name, ...(asOfMs !== null && { asOfMs }) };
      const known = items.get(report.sha256);
      const proofs = [
        ...(known?.proven === undefined ? [] : [known.proven]),
        ...(proof === undefined ? [] : [{ host, proof }]),
      ];
      const proven = newestProof(proofs, (one) => one.proof);
      items.set(report.sha256, {
        sha256: report.sha256,
        report: known?.report ?? report,
        contentAtMs: report.timestampMs,
        copies: known === undefined ? [copy] : [...known.copies, copy],
        ...(proven !== null && { proven }),
      });
    }
  }
  return [...items.values()];
}

const orderOfTimes = ['known', 'ahead', 'impossible', 'none'] as const;

function byWorth(now: number): (a: InventoryItem, b: InventoryItem) => number {
  const rank = ({ contentAtMs }: InventoryItem): number =>
    orderOfTimes.indexOf(judgeBackupTime(contentAtMs, now).kind);
  return (a, b) =>
    rank(a) - rank(b) || (b.contentAtMs ?? 0) - (a.contentAtMs ?? 0) || (a.sha256 < b.sha256 ? -1 : 1);
}
