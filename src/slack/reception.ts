/** What happens to every delivery the same way: claimed once, judged by workspace, worked on, answered when it fails. */
import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { Inbox } from '../aurora/outbox.ts';
import type { People } from '../aurora/people.ts';
import type { Message } from './blocks.ts';
import type { Offered } from './conversation.ts';
import type { Log } from './log.ts';
import { renderFailure, renderRefusal } from './messages/refusal.ts';
import { type Listener, tellPerson } from './tell.ts';

interface Delivery {
  /** The same for every delivery of the same thing. */
  readonly key: string;
  readonly name: string;
  readonly teamId: string;
  readonly listener: Listener;
  readonly ack: (() => Promise<unknown>) | null;
  readonly work: () => Promise<void>;
}

/** Which workspaces somebody is a member of: asked for each letter that is typed into a search. */
const knownForMs = 10_000;
/** Slack waits three seconds for options. */
const offerLimitMs = 2_500;

export class Reception {
  readonly client: WebClient;
  readonly #inbox: Inbox;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #people: Pick<People, 'findPerson'>;
  readonly #underWay = new Set<Promise<void>>();
  /** Set before anything is delivered. */
  ownTeam = '';

  constructor(deps: {
    client: WebClient;
    inbox: Inbox;
    clock: Clock;
    log: Log;
    people: Pick<People, 'findPerson'>;
  }) {
    this.client = deps.client;
    this.#people = deps.people;
    this.#inbox = deps.inbox;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Never rejects. */
  async take(delivery: Delivery): Promise<void> {
    const work = this.#take(delivery);
    this.#underWay.add(work);
    await work;
    this.#underWay.delete(work);
  }

  /** Something was done that asks for no answer: nobody is told anything, whatever comes of it. Never rejects. */
  async hear(name: string, work: () => Promise<void>): Promise<void> {
    const heard = work().catch((error: unknown) => {
      this.#log('warn', { err: error, name }, 'what was heard from Slack came to nothing');
    });
    this.#underWay.add(heard);
    await heard;
    this.#underWay.delete(heard);
  }

  /** The same, of people of this workspace alone; where the event does not say whose they are, Slack is asked. */
  async hearOurs(name: string, userId: string, work: () => Promise<void>): Promise<void> {
    await this.hear(name, async () => {
      if (await this.#isOurs({ teamId: '', userId })) await work();
    });
  }

  async tell(listener: Listener, message: Message): Promise<void> {
    await tellPerson({ client: this.client, log: this.#log }, listener, message);
  }

  /** Where Slack gives no address to answer at before all, as for a form. Never throws: whoever did it is told at least. */
  async post(listener: Listener, message: Message): Promise<void> {
    const { channel, threadTs } = listener;
    const blocks = [...message.blocks];
    const place = { channel, ...(threadTs !== null && { thread_ts: threadTs }) };
    try {
      if (channel !== '') {
        await this.client.chat.postMessage({ ...place, text: message.text, blocks });
        return;
      }
    } catch (error) {
      this.#log('warn', { err: error, channel }, 'what a form has done could not be posted');
    }
    await this.tell(listener, message);
  }

  /** Answers when what was under way is done, or after `limitMs`. */
  async drain(limitMs: number): Promise<void> {
    const over = new AbortController();
    const done = Promise.allSettled(this.#underWay).then(() => over.abort());
    await Promise.race([done, this.#clock.sleep(limitMs, over.signal)]);
  }

  /** What a field offers, within the time that Slack waits. Never rejects: an empty list is an answer too. */
  async offer(asked: {
    name: string;
    teamId: string;
    userId: string;
    find: () => Promise<Offered>;
  }): Promise<Offered> {
    const nothing: Offered = { options: [], heading: null };
    const answered = new AbortController();
    const late = this.#clock.sleep(offerLimitMs, answered.signal).then(() => {
      if (!answered.signal.aborted) this.#log('warn', { name: asked.name }, 'options took too long');
      return nothing;
    });
    try {
      const answer = this.#isOurs(asked).then((ours) => (ours ? asked.find() : nothing));
      return await Promise.race([answer, late]);
    } catch (error) {
      this.#log('warn', { err: error, name: asked.name }, 'no options could be offered');
      return nothing;
    } finally {
      answered.abort();
    }
  }

  /** Bolt failed outside of a listener of ours. */
  async failed(error: unknown, body: unknown): Promise<void> {
    const reference = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 8);
    this.#log('error', { err: error, reference }, 'a delivery from Slack failed');
    const from = z
      .object({ user_id: z.string().optional(), user: z.object({ id: z.string() }).optional() })
      .safeParse(body);
    const userId = from.data?.user_id ?? from.data?.user?.id;
    if (userId === undefined) return;
    await this.tell({ userId, channel: '', threadTs: null, respond: null }, renderFailure(error, reference));
  }

  /** In an Enterprise Grid a delivery may name another workspace of somebody who is a member of ours as well. */
  async #isOurs({ teamId, userId }: { teamId: string; userId: string }): Promise<boolean> {
    if (teamId === this.ownTeam) return true;
    return this.ownTeam !== '' && (await this.#people.findPerson(userId, knownForMs)).teamId === this.ownTeam;
  }

  async #take({ key, name, teamId, listener, ack, work }: Delivery): Promise<void> {
    const startedAt = this.#clock.now();
    try {
      await ack?.();
    } catch (error) {
      // Slack shows the person a warning; what they wanted is done all the same, and they are told.
      this.#log('warn', { err: error, name }, 'the acknowledgement did not reach Slack');
    }
    try {
      if (!(await this.#inbox.claim(key, startedAt))) {
        this.#log('info', { name, key }, 'delivered before; nothing is done twice');
        return;
      }
      if (!(await this.#isOurs({ teamId, userId: listener.userId }))) throw fromElsewhere();
      await work();
      this.#log('info', { name, userId: listener.userId, ms: this.#clock.now() - startedAt }, 'answered');
    } catch (error) {
      const reference = createHash('sha256').update(key).digest('hex').slice(0, 8);
      const level = error instanceof AuroraError ? 'warn' : 'error';
      this.#log(level, { err: error, name, userId: listener.userId, reference }, 'not answered as wanted');
      const answer = error instanceof AuroraError ? renderRefusal(error) : renderFailure(error, reference);
      await this.tell(listener, answer);
    }
  }
}

function fromElsewhere(): AuroraError {
  return new AuroraError({
    code: 'other-workspace',
    message: 'You are from another workspace, so you cannot do this.',
    hint: 'Ask somebody of the workspace this bot belongs to.',
  });
}
