/** What holds whichever way the storage comes back: each is played with every procedure there is. */
import { expect } from 'vitest';
import { procedures } from '../../src/restore/procedures/index.ts';
import { bo, cy, minute } from '../restore/support/story.ts';
import {
  bothSigned,
  commitGate,
  goBackOver,
  over,
  released,
  secondLook,
  stopGate,
} from './support/moments.ts';
import { approving, goingBack, hesitating, nobody, signing } from './support/people.ts';
import type { Group, Scenario } from './support/scenario.ts';
import { isAccepted, isRefused } from './support/stage.ts';

const plays: readonly Omit<Scenario, 'given' | 'cell'>[] = [
  {
    title: 'Everybody does their part',
    happens: 'it completes as predicted, and everything is done once',
    play: async (stage) => {
      const state = await stage.completes({ people: approving });

      expect(state.takenBack).toEqual([]);
      expect(state.notices).toEqual([]);
    },
  },
  {
    title: 'Bo declines the stop',
    happens: 'it ends, and no host was touched',
    play: async (stage) => {
      await stage.until(stopGate);

      isAccepted(await stage.people.decline(bo, 'stop'));

      await stage.endsUntouched({ outcome: 'declined', says: /before any host was touched/ });
    },
  },
  {
    title: 'Cy declines the commit although Bo has signed it',
    happens: 'one decline outweighs every signature, and everything is put back',
    play: async (stage) => {
      await stage.until(commitGate);
      await stage.people.sign(bo, 'commit');

      isAccepted(await stage.people.decline(cy, 'commit'));

      await stage.isUndone();
    },
  },
  {
    title: 'It is stopped after both have signed',
    happens: 'everything is put back',
    play: async (stage) => {
      await stage.until(bothSigned, signing);

      isAccepted(await stage.people.abort(bo));

      await stage.isUndone();
    },
  },
  {
    title: 'Nobody orders the commit in time',
    happens: 'nothing is committed, the signatures count no more, and it is signed anew',
    play: async (stage) => {
      await stage.until(bothSigned, signing);
      await stage.passes(40 * minute);
      const state = await stage.engine.state();

      expect(state.commitOrdered).toBeNull();
      isRefused(await stage.people.commit(bo), 'sign-offs-missing');
      await stage.completes({ people: approving });
    },
  },
  {
    title: 'It is paused when both have signed',
    happens: 'nothing is committed before somebody resumes it',
    play: async (stage) => {
      await stage.until(bothSigned, signing);

      isAccepted(await stage.people.pause(cy));
      isRefused(await stage.people.commit(cy), 'paused');
      isAccepted(await stage.people.resume(bo));

      await stage.completes({ people: approving });
    },
  },
  {
    title: 'Two go back at the second look',
    happens: 'everything is as before, and nothing was reconciled',
    play: async (stage) => {
      await stage.until(secondLook, hesitating);

      await stage.isUndone(goingBack);
    },
  },
  {
    title: 'Bo wants to go back at the second look, and nobody signs with him',
    happens:
      'it begins again when that has run out; it reconciles only after a reminder, at the end of its whole time',
    play: async (stage) => {
      const { clock } = stage.engine;
      await stage.until(secondLook, hesitating);
      isAccepted(await stage.people.goBack(bo));

      const { look, proposal } = await stage.until(goBackOver, nobody);
      const ranOutAt = clock.now();
      await stage.until(released, nobody);

      expect(look?.until).toBeGreaterThanOrEqual(ranOutAt + proposal.policy.secondLookMs);
      expect(clock.now()).toBeGreaterThanOrEqual(look?.until ?? Infinity);
      const types = (await stage.engine.events()).map(({ type }) => type);
      expect(types.slice(types.indexOf('gate-expired')).slice(0, 4)).toEqual([
        'gate-expired',
        'look-reminded',
        'reminded',
        'release-ordered',
      ]);
    },
  },
  {
    title: 'Nobody decides at the second look',
    happens: 'it goes on by itself when its time is over',
    play: async (stage) => {
      await stage.until(secondLook, hesitating);

      const state = await stage.until(over, nobody);

      expect(state.look?.released).toBe('time');
      expect(state.ended).toMatchObject({ outcome: 'completed' });
    },
  },
];

export const everyProcedure: Group = {
  title: 'With every procedure',
  scenarios: Object.values(procedures).flatMap(({ name: procedure }) =>
    plays.map((scenario) => ({
      ...scenario,
      title: `${scenario.title} (${procedure})`,
      given: { procedure },
    })),
  ),
};
