/**
 * The story of a restore by clicking, in Debian's Chromium, on hosts that require signatures: Bo touches a passkey, Cy pastes what
 * ssh-keygen prints. With pictures at each gate to look at. They are kept when
 * it fails, or in `DRILL_PICTURES` when that names a directory.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVerified } from '../../src/drill/signing/verified.ts';
import { cast } from '../../src/drill/world/cast.ts';
import type { DrillWorld } from '../../src/drill/world/world.ts';
import { hasChromium, launchBrowser } from '../local-slack/browser.ts';
import { readJournal, withDrill } from './support/drill.ts';
import { plugIn } from './support/passkey-in-browser.ts';
import { openScreen, type Screen } from './support/people-at-a-screen.ts';

describe.runIf(hasChromium)('a restore by clicking', { timeout: 240_000 }, () => {
  it('goes from /aurora leader to the end message, and each signature is one form and one touch', async () => {
    const wanted = process.env['DRILL_PICTURES'];
    const pictures = wanted ?? (await mkdtemp(join(tmpdir(), 'aurora-drill-pictures-')));
    const browser = await launchBrowser();
    try {
      await withDrill(
        async (world) => {
          const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
          const page = await context.newPage();
          const complaints: string[] = [];
          page.on('pageerror', (error) => complaints.push(error.message));
          page.on('console', (message) => {
            if (message.type() === 'error') complaints.push(message.text());
          });
          const screen = await openScreen(page, { url: world.slack.url, pictures });

          await lookAround(screen);
          await propose(screen);
          const touchBo = () => screen.signOnPage((opened) => plugIn(opened, world, cast.bo));
          await approveTheStop(screen, touchBo);
          await signAndCommit(screen, { touchBo, world });
          await letItReconcile(screen, touchBo);

          const end = screen.channel.locator('.message', { hasText: 'is back' });
          await end.waitFor();
          await screen.thread.getByText('Ended').waitFor();
          await screen.untilInThread('Report of R1');
          await screen.takePictures('6-end');
          expect(await end.innerText()).toMatch(/Killed 3, started again 4, kept 5: as predicted/);
          expect(
            await screen.thread.getByRole('button', { name: /Commit|Sign off|Approve|Stop/ }).count(),
          ).toBe(0);
          expect(complaints).toEqual([]);
          const signed = readJournal(world).flatMap((event) =>
            event.type === 'signed-off' ? [`${event.person.name}: ${event.proof?.format}`] : [],
          );
          expect(signed).toEqual(['bo: passkey', 'bo: passkey', 'cy: ssh']);
          expect(Object.fromEntries(readVerified(world.hosts, 'R1'))).toEqual({
            stop: 1,
            commit: 2,
            release: 2,
          });
        },
        { signing: 'keys' },
      );
      if (wanted === undefined) await rm(pictures, { recursive: true });
    } finally {
      await browser.close();
    }
  });
});

async function lookAround(screen: Screen): Promise<void> {
  await screen.be(cast.ana);
  await screen.command('leader');
  await screen.channel.locator('.ephemeral', { hasText: ' leads ' }).waitFor();
  await screen.command('backups');
  await screen.channel.locator('.ephemeral', { hasText: 'recommended' }).waitFor();
  await screen.takePictures('1-backups');
}

async function propose(screen: Screen): Promise<void> {
  await screen.command('restore');
  await screen.form.getByLabel('Reason').waitFor();
  await screen.form.getByLabel('Reason').fill('replicated log corrupt on all hosts');
  await screen.takePictures('2-propose');
  await screen.fill({ Incident: 'INC-4411' });
  await screen.channel.locator('.thread-link').click();
  await screen.untilInThread('Approving stops the schedulers');
}

async function approveTheStop(screen: Screen, touchBo: () => Promise<void>): Promise<void> {
  await screen.press('approve-stop');
  await screen.page.locator('.ephemeral', { hasText: 'someone else has to approve' }).first().waitFor();
  await screen.takePictures('3-stop');
  await screen.be(cast.bo);
  await screen.press('approve-stop');
  await screen.form.getByLabel('A note for the record').waitFor();
  await screen.takePictures('3-stop-form');
  await touchBo();
  await screen.untilInThread('@bo approved stopping the schedulers');
}

async function signAndCommit(
  screen: Screen,
  { touchBo, world }: { touchBo: () => Promise<void>; world: DrillWorld },
): Promise<void> {
  await screen.untilInThread('Staged on');
  await screen.press('sign-off-commit');
  await touchBo();
  await screen.untilInThread('@bo signed off the commit');
  // The card follows at its own pace: edits are few, so that Slack takes them.
  await screen.channel.getByText(/one more approver to sign off/).waitFor();
  await screen.takePictures('4-sign-off');
  await screen.be(cast.cy);
  await screen.press('sign-off-commit');
  const script = await screen.form.locator('pre', { hasText: 'ssh-keygen' }).innerText();
  await screen.fill({
    'A note for the record': 'web and ads know',
    'Your signature': typeInShell(script, world.keys?.holders.get(cast.cy)?.sshKey ?? ''),
  });
  await screen.untilInThread('One of them commits');
  await screen.press('commit');
  await screen.form.getByLabel('Type the name of the cluster').fill('east');
  await screen.takePictures('4-commit-form');
  await screen.fill({});
  await screen.untilInThread('@cy ordered the commit');
}

async function letItReconcile(screen: Screen, touchBo: () => Promise<void>): Promise<void> {
  await screen.untilInThread('Look at your jobs');
  await screen.be(cast.bo);
  await screen.channel.getByText('it has not been reconciled yet').waitFor();
  await screen.takePictures('5-second-look');
  await screen.press('let-reconcile');
  await screen.form.getByText('3 tasks are killed and 4 started again').waitFor();
  await screen.takePictures('5-reconcile-form');
  await touchBo();
  await screen.untilInThread('Both reconciliations ran');
}

/** What the form says, as it is copied from there, with the key that Cy has. */
function typeInShell(script: string, key: string): string {
  const cwd = mkdtempSync(join(dirname(key), 'shell-'));
  return execFileSync('sh', ['-c', script.replace('~/.ssh/id_ed25519', key)], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
