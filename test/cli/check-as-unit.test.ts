import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { argumentsFor } from '../../src/cli/check-as-unit.ts';

const packaged = readFileSync(
  new URL('../../packaging/aurora-chatops-agent.service', import.meta.url),
  'utf8',
);
const properties = (text: string): readonly string[] =>
  argumentsFor(text).filter((_, index, all) => all[index - 1] === '--property');

test('the check gets the walls of the packaged unit, and nothing that starts or makes anything', () => {
  const walls = properties(packaged);

  expect(walls).toContain('ProtectSystem=strict');
  expect(walls).toContain('SystemCallFilter=@system-service');
  expect(walls).toContainEqual(
    expect.stringMatching(/^ReadWritePaths=-\/etc\/default .* -\/var\/lib\/aurora$/),
  );
  expect(walls).toContain('ReadWritePaths=-/var/lib/aurora-chatops');
  expect(
    walls.filter((wall) => /^(Exec|Restart|Kill|StateDirectory|RuntimeDirectory|Type|OOM)/.test(wall)),
  ).toEqual([]);
});

test('drop-ins come behind the unit, as systemd reads them', () => {
  const text = `${packaged}\n# /etc/systemd/system/x.d/paths.conf\n[Service]\nReadWritePaths=\nReadWritePaths=/srv/aurora \\\n  /srv/flags\n[Install]\nPrivateTmp=no\n`;

  expect(properties(text).slice(-2)).toEqual(['ReadWritePaths=', 'ReadWritePaths=/srv/aurora    /srv/flags']);
});
