import type { CertificateDates } from '../../../aurora/certificates.ts';
import { wholeRestoreMs } from '../duration.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { Reading } from '../reading.ts';
import { timeText } from '../words.ts';

/** Whoever renews certificates needs days, not the night of a restore. */
const soonMs = 14 * 24 * 3_600_000;

/** One that ends between the stop and the way back leaves schedulers stopped that nobody can reach. */
export const certificates: Check = {
  name: 'certificates',
  code: 'certificate-ends',
  find: (reading) => reading.certificates.flatMap((one) => judge(one, reading)),
  passes: (reading) => {
    const last = Math.min(...reading.certificates.map(({ validToMs }) => validToMs));
    return Number.isFinite(last)
      ? `None of ${reading.certificates.length} certificates ends within ${timeText(last - reading.now)}.`
      : 'None are in use.';
  },
};

function judge(
  { what, host, validFromMs, validToMs }: CertificateDates,
  { now, cluster }: Reading,
): Finding[] {
  const about = host === undefined ? {} : { host };
  const said = host === undefined ? what : `${what.charAt(0).toLowerCase()}${what.slice(1)}`;
  const needed = wholeRestoreMs(cluster);
  const left = validToMs - now;
  if (validFromMs > now) {
    return [
      refuse(
        `${said} is not valid yet: it begins in ${timeText(validFromMs - now)}.`,
        'Compare the clocks of whoever issued it and of the bot; otherwise issue a new one.',
        about,
      ),
    ];
  }
  if (left <= 0)
    return [refuse(`${said} ended ${timeText(-left)} ago.`, 'Renew it before a restore.', about)];
  if (left < needed) {
    return [
      refuse(
        `${said} ends in ${timeText(left)}, and a restore may take ${timeText(needed)}.`,
        'Renew it before a restore: hosts that nobody can reach would stay stopped.',
        about,
      ),
    ];
  }
  return left < soonMs ? [warn(`${said} ends in ${timeText(left)}.`, 'Renew it soon.', about)] : [];
}
