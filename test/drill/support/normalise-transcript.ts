/**
 * What differs from run to run becomes a word, so that transcripts of two runs are equal: instants, durations, sizes,
 * digests, hashes, directories, addresses, and which host happened to be elected. Counts of tasks and hosts stay.
 */
export function normaliseTranscript(text: string): string {
  return withoutElected(withoutCardBody(text))
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\b[0-9a-f]{8}…/g, '<sha256>')
    .replace(/(R\d+)-\d+\.(\d-[\w-]+)-[0-9a-f]{12}\./g, '$1-<event>.$2-<journal>.')
    .replace(/\b[0-9a-f]{4}-[0-9a-f]{4}\b/g, '<digest>')
    .replace(/scheduler-backup-\d{4}-\d\d-\d\d-\d\d-\d\d/g, 'scheduler-backup-<minute>')
    .replace(/\b\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?/g, '<day>')
    .replace(/\b\d{1,2}:\d\d(:\d\d)?\b/g, '<time>')
    .replace(/\/[^\s]*\/hosts\//g, '<drill>/hosts/')
    .replace(/\b127\.\d+\.\d+\.\d+(:\d+)?/g, '<address>')
    .replace(/\b\d[\d,]*(\.\d+)? ([kMGT]B|bytes)\b/g, '<size>')
    .replace(/\b\d+ (ms|s|min|h|d)\b( \d+ (min|h)\b)?/g, '<span>')
    .replace(/[ \t]+$/gm, '');
}

/** Any host may be elected, each time. Hosts that are named for another reason stay. */
function withoutElected(text: string): string {
  return text
    .replace(/aurora-\d( leads| said OK| is elected)/g, '<elected>$1')
    .replace(/( leads \S+ \()aurora-\d:/g, '$1<elected>:')
    .replace(/(Staged on|read on) aurora-\d/g, '$1 <elected>')
    .replace(/Standing by: aurora-\d, aurora-\d/g, 'Standing by: <the other two>');
}

/** The card is edited in place: how far the restore had come when its first version was posted is chance. */
function withoutCardBody(text: string): string {
  const head = /^# Restore of \S+:/.exec(text)?.[0];
  return head === undefined || text.includes('\n  Ended at') ? text : `${head} <where it stands>`;
}
