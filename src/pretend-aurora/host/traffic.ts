import fs from 'node:fs';

/** The pretend firewall's state is one small file; no file means that nobody ever closed it. */
export type Traffic = 'open' | 'blocked';

export function readTraffic(file: string): Traffic {
  return fs.existsSync(file) && fs.readFileSync(file, 'utf8').trim() === 'blocked' ? 'blocked' : 'open';
}

/** Returns false when it was so already. */
export function setTraffic(file: string, traffic: Traffic): boolean {
  if (readTraffic(file) === traffic) return false;
  fs.writeFileSync(`${file}.new`, `${traffic}\n`);
  fs.renameSync(`${file}.new`, file);
  return true;
}
