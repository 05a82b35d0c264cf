import { describeWriter } from '../aurora/backup-writer.ts';
import type { BackupReport } from '../aurora/backups.ts';

/** A report as a few lines of text for a terminal. Control characters of the file or its name do not get through. */
export function describeBackup(report: BackupReport): string {
  const { tasks } = report;
  const statuses = Object.entries(tasks.byStatus)
    .sort(([, a], [, b]) => b - a)
    .map(([status, count]) => `${count} ${status}${status === 'INIT' ? ', never started' : ''}`);
  const lines = [
    `${report.file}: ${report.verdict}`,
    ...report.reasons.map((reason) => `  ! ${reason}`),
    `  written    ${report.timestampMs === null ? 'unknown' : instant(report.timestampMs)}`,
    ...(report.writer === undefined ? [] : [`  by         ${describeWriter(report.writer)}`]),
    `  framework  ${report.frameworkId ?? 'unknown'}`,
    `  tasks      ${plural(tasks.total, 'task')} of ${plural(report.jobs, 'job')} and ${plural(report.roles, 'role')}` +
      (statuses.length === 0 ? '' : `: ${statuses.join(', ')}`),
    `  also       ${[
      plural(report.cronJobs, 'cron job'),
      plural(report.quotas, 'quota'),
      plural(report.jobUpdates, 'job update'),
      plural(report.hostAttributes, 'host'),
      plural(report.maintenanceRequests, 'maintenance request'),
      ...(report.hasDbScript ? ['an SQL dump, which 0.20 and later cannot read'] : []),
    ].join(', ')}`,
    `  file       ${plural(report.bytes, 'byte')}, sha256 ${report.sha256}`,
  ];
  return lines.map((line) => line.replace(/\p{C}/gu, '\ufffd')).join('\n');
}

/** Any number may stand in a file: one that is not a date is shown as it is. */
function instant(timestampMs: number): string {
  const date = new Date(timestampMs);
  return Number.isNaN(date.getTime())
    ? `${timestampMs} ms, which is not a date`
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
