/**
 * What people ask of hosts outside any restore: keep a backup, let it go, write one now. There is no journal of an errand: the agent
 * writes it down before it acts, its audit log says who signed, and the same errand asked for twice acts once. Who may is looked up at
 * the instant; letting go and backing up take an approver who is not the one who asked.
 */
import { createHash } from 'node:crypto';
import { askAgain } from '../../aurora/ask-again.ts';
import { canonicalJson } from '../../aurora/canonical-json.ts';
import { type errandKinds, holdErrand } from '../../aurora/errands.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { OperationEnd, OperationParams, OperationResult } from '../../aurora/operations.ts';
import type { Person } from '../../aurora/people.ts';
import { epochOf, isEpochLearnt } from '../engine/epochs.ts';
import { agentIn, passingCodes } from '../engine/hosts.ts';
import { grantLifeMs } from '../engine/operating.ts';
import { isStoreLearnt, learnStore, storeFor } from '../engine/stores.ts';
import type { ClusterAccess, RestoreDeps } from '../ports.ts';
import { isAmong } from './approvers.ts';

type ErrandKind = (typeof errandKinds)[number];

interface Asked {
  readonly cluster: string;
  readonly host: string;
  /** Who asked. */
  readonly userId: string;
  readonly why: string;
}

interface Approved extends Asked {
  /** Who approved it, just now. */
  readonly approverId: string;
}

/** All throw AuroraError for whoever may not, and for whatever the host did not do. */
export interface Errands {
  /** Anybody whom Slack knows as a full member. */
  hold(
    asked: Asked & { name: string; sha256: string },
  ): Promise<OperationEnd<'hold-copy'> & { state: 'done' }>;
  release(asked: Approved & { sha256: string }): Promise<OperationEnd<'release-copy'> & { state: 'done' }>;
  /** `once`: names this very request, so that pressing twice writes one backup. */
  backUpNow(asked: Approved & { once: string }): Promise<OperationEnd<'back-up-now'> & { state: 'done' }>;
  /** Who may approve what this person asked; AuroraError for whoever may not. */
  requireApprover(asked: { cluster: string; userId: string; approverId: string }): Promise<Person>;
}

type ErrandDeps = Pick<
  RestoreDeps,
  'people' | 'clusters' | 'leases' | 'grants' | 'clock' | 'owner' | 'log' | 'identity'
>;

/** A backup waits for a free minute, is written and decoded. */
const longestMs = 10 * 60_000;
const leaseMs = 30_000;

export function createErrands(deps: ErrandDeps): Errands {
  const { people, clock } = deps;

  const requireMember = async (userId: string): Promise<Person> => {
    const person = await people.findPerson(userId);
    if (person.barred === null) return person;
    throw mayNot(`You cannot ask for that: ${person.barred}.`, 'Ask a full member of this workspace.');
  };

  const requireApprover: Errands['requireApprover'] = async ({ cluster, userId, approverId }) => {
    const [approver, requester] = await Promise.all([requireMember(approverId), people.findPerson(userId)]);
    if (approver.id === requester.id)
      throw mayNot(
        'You asked for this, so someone else has to approve it.',
        'Ask another approver to press it.',
      );
    const { approvers, approverGroups } = accessOf(deps, cluster).cluster.policy;
    const members = await Promise.all(approverGroups.map((group) => people.listGroup(group)));
    if (await isAmong(deps, approver, new Set([...approvers, ...members.flat()]))) return approver;
    throw mayNot(
      `You are not an approver of \`${cluster}\`.`,
      'Approvers are in the configuration of the bot; one of them can press it.',
    );
  };

  const perform = async <K extends ErrandKind>(errand: {
    kind: K;
    id: string;
    once: string;
    asked: Asked;
    params: OperationParams[K];
    approver: Person | null;
  }): Promise<OperationEnd<K> & { state: 'done' }> => {
    const { kind, id, asked, params, approver } = errand;
    const access = accessOf(deps, asked.cluster);
    const agent = agentIn(access, asked.host);
    // An agent of before knows no errands, and says so better here than by refusing the form of the request.
    await agent.listHeldCopies();
    if (deps.identity !== undefined && storeFor(agent, deps.identity) === undefined)
      await learnStore(agent, (await agent.readStatus()).grants?.store, deps.identity);
    const fence = await nextFence(deps, asked.cluster);
    const operationId = `${id}.${asked.host}.${kind}.${errand.once}`;
    const digest = sha256Of({ id, kind, params, requester: asked.userId, why: asked.why });
    const signedAt = clock.now();
    const ask = (): Promise<OperationResult<K>> => {
      const epoch = epochOf(agent);
      const store = storeFor(agent, deps.identity);
      const now = clock.now();
      const grant = deps.grants.sign({
        operationId,
        kind,
        paramsSha256: sha256Of(params),
        restoreId: id,
        cluster: asked.cluster,
        step: kind,
        host: asked.host,
        digest,
        fence,
        issuedAt: now,
        expiresAt: now + grantLifeMs,
        signers: approver === null ? [] : [{ person: approver.id, gate: 'errand', at: signedAt, digest }],
        ...(epoch !== undefined && { epoch }),
        ...(store !== undefined && { store }),
      });
      return agent.perform({ operationId, kind, params, grant });
    };
    const end = await askAgain(
      async () => {
        const result = await ask().catch(async (error: unknown) => {
          if (isEpochLearnt(agent, error)) return await ask();
          if (await isStoreLearnt(agent, error, deps.identity)) return await ask();
          throw error;
        });
        if (result.state !== 'running') return result;
        if (clock.now() - signedAt < longestMs) return null;
        throw stillRunning(asked.host, kind);
      },
      {
        clock,
        about: operationId,
        everyMs: access.cluster.waits.pollMs,
        silenceMs: access.cluster.waits.agentDeadlineMs,
        signal: new AbortController().signal,
        mayPass: (error) => error instanceof AuroraError && passingCodes.has(error.code),
        onSilence: () => deps.log('warn', { operationId }, 'agent does not answer, asking again'),
      },
    );
    if (end?.state === 'done') return end;
    throw new AuroraError({
      code: `errand-${end?.state ?? 'interrupted'}`,
      message: `${asked.host}: ${end?.message ?? 'the bot did not wait for it.'}`,
      hint: end?.hint ?? 'Look at the list of backups.',
    });
  };

  return {
    requireApprover,
    hold: async (asked) => {
      const { name, sha256, why } = asked;
      const person = await requireMember(asked.userId);
      const params = { name, sha256, by: person.displayName.slice(0, 300) || asked.userId, why };
      const once = String(clock.now());
      return await perform({
        kind: 'hold-copy',
        id: holdErrand(sha256),
        once,
        asked,
        params,
        approver: null,
      });
    },
    release: async (asked) => {
      const approver = await requireApprover(asked);
      const { sha256 } = asked;
      const once = String(clock.now());
      return await perform({
        kind: 'release-copy',
        id: holdErrand(sha256),
        once,
        asked,
        params: { sha256 },
        approver,
      });
    },
    backUpNow: async (asked) => {
      const approver = await requireApprover(asked);
      const id = `errand-now-${asked.once}`;
      return await perform({ kind: 'back-up-now', id, once: '1', asked, params: {}, approver });
    },
  };
}

/** Only its number is wanted: agents do one thing at a time, and a restore that begins meanwhile has a higher one. */
async function nextFence({ leases, clock, owner }: ErrandDeps, cluster: string): Promise<number> {
  const now = clock.now();
  const lease = await leases.acquire({ cluster, owner: `${owner}, errands`, ttlMs: leaseMs, now });
  if (lease === null)
    throw new AuroraError({
      code: 'cluster-busy',
      message: `A restore of \`${cluster}\` is in progress; its hosts take no other request until it ends.`,
      hint: 'It keeps a copy of its own backup. Ask again when it has ended.',
    });
  await leases.release(lease);
  return lease.fence;
}

function accessOf({ clusters }: Pick<ErrandDeps, 'clusters'>, cluster: string): ClusterAccess {
  const access = clusters.get(cluster);
  if (access !== undefined) return access;
  throw new AuroraError({
    code: 'unknown-cluster',
    message: `The cluster \`${cluster}\` is no longer configured.`,
    hint: 'Ask again in its channel.',
  });
}

function sha256Of(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function mayNot(message: string, hint: string): AuroraError {
  return new AuroraError({ code: 'errand-refused', message, hint: `Nothing was done. ${hint}` });
}

function stillRunning(host: string, kind: string): AuroraError {
  return new AuroraError({
    code: 'operation-does-not-end',
    message: `The agent of ${host} has been at ${kind} for ${longestMs / 60_000} minutes, and says that it is not done.`,
    hint: "Look at that host and at its agent's log.",
  });
}
