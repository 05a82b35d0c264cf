/** Fields that the forms of several decisions have. */
import type { InputBlock } from '@slack/types';
import type { Submission } from '../conversation.ts';
import { typed } from '../views/modal.ts';

export const fieldNames = {
  reason: 'reason',
  incident: 'incident',
  comment: 'comment',
  cluster: 'cluster',
} as const;

export function reasonField(initial = ''): InputBlock {
  return typed({
    name: fieldNames.reason,
    label: 'Why? This goes into the record.',
    multiline: true,
    initial,
  });
}

export function clusterField(): InputBlock {
  return typed({ name: fieldNames.cluster, label: 'Type the name of the cluster', max: 100 });
}

export function readReason({ values }: Pick<Submission, 'values'>): { reason: string } {
  return { reason: values[fieldNames.reason] ?? '' };
}

export function readCluster({ values }: Pick<Submission, 'values'>): { typedCluster: string } {
  return { typedCluster: values[fieldNames.cluster] ?? '' };
}
