import { optionNames } from './flags.ts';

const described = ['backup', 'batch-size', 'dlog_max_entry_size'];
const others = optionNames.filter((name) => !described.includes(name));

/** What `--help` prints on stdout; its beginning is recorded. */
export const toolUsage = `Usage: org.apache.aurora.scheduler.storage.durability.RecoveryTool [options]
  Options:
    --help
      Print usage
    -backup
      Backup file to load
    -batch-size
      Write in batches of this may ops.
      Default: 50
    -dlog_max_entry_size
      Specifies the maximum entry size to append to the log. Larger entries 
      will be split across entry Frames.
${others.map((name) => `    -${name}`).join('\n')}
`;
