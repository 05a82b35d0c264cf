/** Several replicas of the bot over one store: one works, and whoever takes over proves that it may. */
import { expect } from 'vitest';
import type { AuroraError } from '../../../src/aurora/errors.ts';
import { Mortality } from '../../restore/support/pretend-engine.ts';
import { cy } from '../../restore/support/story.ts';
import { CutOff } from '../support/cut-off.ts';
import { begins, bothSigned, did, secondLook } from '../support/moments.ts';
import { approving, goingBack, hesitating, nobody } from '../support/people.ts';
import type { Group } from '../support/scenario.ts';

const unbegun = { begun: false } as const;

export const replicas: Group = {
  title: 'Replicas of the bot',
  scenarios: [
    {
      title: 'Two replicas run from the beginning',
      happens: 'one of them does everything, the other one waits',
      given: unbegun,
      play: async (stage) => {
        await stage.engine.propose();
        await stage.engine.startWorker({ owner: 'bot-a' });
        await stage.engine.startWorker({ owner: 'bot-b' });

        await stage.completes();

        expect(stage.engine.writers).toHaveLength(1);
      },
    },
    {
      title: 'The working replica is killed while logs are set aside, and nobody starts it again',
      happens: 'the other one takes over when the lease has run out, and asks for the same operations',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const life = new Mortality();
        await engine.propose();
        await engine.startWorker({ owner: 'bot-a', mortality: life });
        await stage.until(begins('set-aside-log'));
        await engine.startWorker({ owner: 'bot-b' });

        life.die();

        await stage.completes();
        expect(engine.writers).toEqual(['bot-a', 'bot-b']);
        expect(stage.performed('set-aside-log')).toHaveLength(3);
      },
    },
    {
      title: 'The only replica is killed and started again at once',
      happens: 'it gets its own lease back without waiting for it to run out',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const life = new Mortality();
        await engine.propose();
        await engine.startWorker({ mortality: life });
        await stage.until(begins('set-aside-log'));
        life.die();
        const at = engine.clock.now();

        await engine.startWorker();
        await stage.until(did('set-aside-log'));

        expect(engine.clock.now() - at).toBeLessThan(5_000);
        await stage.completes();
      },
    },
    {
      title: 'A frozen replica sends an order that it signed before another one took over',
      happens: 'the agent has seen the newer fence and refuses the older one',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const cut = new CutOff();
        const taken = Promise.withResolvers<void>();
        const refusals: string[] = [];
        const fences = new Set<number>();
        engine.meddling.with = async (request, perform) => {
          const { fence, host, step } = request.grant.payload;
          if (step === 'set-aside-log' && host === 'aurora-3' && fences.size === 0) {
            fences.add(fence);
            cut.isCut = true;
            await taken.promise;
            return await perform().catch((error: unknown) => {
              refusals.push((error as AuroraError).code);
              throw error;
            });
          }
          const result = await perform();
          if (host === 'aurora-3' && fences.size > 0 && !fences.has(fence)) taken.resolve();
          return result;
        };
        await engine.propose();
        await engine.startWorker({ owner: 'bot-a', leases: cut.wrap });
        await stage.until(begins('stop-schedulers'));
        await engine.startWorker({ owner: 'bot-b' });

        await stage.completes();

        expect(refusals).toEqual(['grant-refused']);
        expect(stage.performed('set-aside-log')).toHaveLength(3);
      },
    },
    {
      title: 'The working replica is cut off from the store while the backup is staged',
      happens: 'the other one goes on, and the first one writes nothing more',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const cut = new CutOff();
        await engine.propose();
        await engine.startWorker({ owner: 'bot-a', leases: cut.wrap });
        await stage.until(begins('stop-schedulers'));
        await engine.startWorker({ owner: 'bot-b' });
        stage.whenBegins('stage-backup', () => {
          cut.isCut = true;
        });

        await stage.completes();

        expect(engine.writers).toEqual(['bot-a', 'bot-b']);
        expect(stage.performed('stage-backup')).toHaveLength(1);
      },
    },
    {
      title: 'The working replica is killed after the order to commit, before anything was sent',
      happens: 'the other one compares once more and commits, once',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const life = new Mortality((events) =>
          events.some((event) => event.type === 'gate-passed' && event.gate === 'commit') ? 'after' : null,
        );
        await engine.propose();
        await engine.startWorker({ owner: 'bot-a', mortality: life });
        await stage.until(begins('stop-schedulers'));
        await engine.startWorker({ owner: 'bot-b' });

        await stage.completes();

        expect(engine.writers).toEqual(['bot-a', 'bot-b']);
      },
    },
    {
      title: 'The working replica is killed at the second look',
      happens: 'the look goes on under the other one, with the time that is left',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const life = new Mortality();
        await engine.propose();
        await engine.startWorker({ owner: 'bot-a', mortality: life });
        const before = await stage.until(secondLook, hesitating);
        await engine.startWorker({ owner: 'bot-b' });
        life.die();

        await stage.passes(60_000);

        expect((await engine.state()).look).toEqual(before.look);
        await stage.isUndone(goingBack);
      },
    },
    {
      title: 'The working replica is killed while everything is put back',
      happens: 'the other one puts the rest back, and nothing twice',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const life = new Mortality((events) =>
          events.some((event) => event.type === 'step-started' && event.step === 'undo-put-back-log')
            ? 'after'
            : null,
        );
        await engine.propose();
        await engine.startWorker({ owner: 'bot-a', mortality: life });
        await stage.until(bothSigned);
        await engine.startWorker({ owner: 'bot-b' });

        await stage.people.abort(cy);

        await stage.isUndone();
        expect(engine.writers).toEqual(['bot-a', 'bot-b']);
      },
    },
    {
      title: 'People decide while no replica runs at all',
      happens: 'what they decided is written down, and done when one runs again',
      given: unbegun,
      play: async (stage) => {
        const { engine } = stage;
        const life = new Mortality();
        await engine.propose();
        await engine.startWorker({ owner: 'bot-a', mortality: life });
        await stage.until(bothSigned, approving);
        life.die();
        await stage.people.commit(cy);
        await stage.passes(60_000, nobody);
        expect(stage.performed('commit-recovery')).toEqual([]);

        await engine.startWorker({ owner: 'bot-b' });

        await stage.completes();
      },
    },
  ],
};
