/** What is said where hosts cannot be made of namespaces. */
import { describe, expect, it } from 'vitest';
import { refuseUnlessPossible } from '../../../src/drill/namespaces/requirements.ts';

const debian = { platform: 'linux', uid: 0, exists: () => true, hasCgroup2: () => true };
const without =
  (...names: readonly string[]) =>
  (path: string): boolean =>
    !names.some((name) => path.endsWith(`/${name}`));

describe('refuseUnlessPossible', () => {
  it('lets root on a Debian that has everything go on', () => {
    expect(() => refuseUnlessPossible(debian)).not.toThrow();
  });

  it.each([
    ['another user', { ...debian, uid: 1000 }, /need root/, /Run it as root, or leave --hosts out/],
    [
      'another system',
      { ...debian, platform: 'darwin' },
      /need Linux, and this is darwin/,
      /Leave --hosts out/,
    ],
    [
      'no nft, no ip',
      { ...debian, exists: without('nft', 'ip') },
      /need nft, ip, and this machine does not have them/,
      /apt-get install --no-install-recommends nftables iproute2".*npm run pretest/,
    ],
    [
      'no systemd',
      { ...debian, exists: without('systemd') },
      /need systemd, and this machine does not have it/,
      /recommends systemd"/,
    ],
    ['no unshare', { ...debian, exists: without('unshare') }, /need unshare/, /recommends util-linux"/],
    ['no cgroup2', { ...debian, hasCgroup2: () => false }, /cgroup2\), and it is not mounted/, /Mount it/],
  ])('refuses %s with what can be done', (_, machine, message, hint) => {
    expect(() => refuseUnlessPossible(machine)).toThrow(
      expect.objectContaining({
        code: 'namespaces-unavailable',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      }),
    );
  });
});
