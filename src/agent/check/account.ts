import { type Finding, ok, problem } from './finding.ts';

/** Other accounts' processes and files are only seen by root. */
export function checkAccount(): readonly Finding[] {
  if (process.getuid?.() === 0) return [ok('The agent runs as root.')];
  return [
    problem(
      'The agent does not run as root, so it cannot see who holds the log, nor give files their owner.',
      'Start it as root; packaging/aurora-chatops-agent.service takes everything else away from it.',
    ),
  ];
}
