import { z } from 'zod';
import { type Block, block } from './block-kit/blocks.ts';
import type { InteractiveElement } from './block-kit/elements.ts';
import { type ViewDefinition, view } from './block-kit/views.ts';

/**
 * What Slack refuses in blocks and views, as one validator that the local Slack and every test that builds messages share.
 * Wording of the problems follows Slack's own `response_metadata.messages`: `[ERROR] … [json-pointer:/blocks/0/text]`.
 */

/** One thing Slack would refuse; `pointer` is a JSON pointer into the payload. */
export interface BlockProblem {
  readonly pointer: string;
  readonly message: string;
}

type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly BlockProblem[] };

const messageBlocks = z.array(block).max(50);
/** Markdown blocks of one message together (slack.md 4.1). */
const markdownCharsMax = 12_000;

/** Checks the `blocks` of a message; the value is the same blocks, typed. */
export function checkBlocks(blocks: unknown): Checked<Block[]> {
  const parsed = messageBlocks.safeParse(blocks);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, blocks, ['blocks']) };
  const problems = [
    ...duplicatedIds(parsed.data, '/blocks'),
    ...emptySelects(parsed.data, '/blocks'),
    ...messageOnlyRules(parsed.data),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: parsed.data };
}

/** Checks a modal or Home tab as `views.open`, `views.update`, `views.push` and `views.publish` do. */
export function checkView(input: unknown): Checked<ViewDefinition> {
  const parsed = view.safeParse(input);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, input, ['view']) };
  const problems = [
    ...duplicatedIds(parsed.data.blocks, '/view/blocks'),
    ...emptySelects(parsed.data.blocks, '/view/blocks'),
    ...parsed.data.blocks.flatMap((inner, index) =>
      inner.type === 'table' || inner.type === 'markdown'
        ? [
            {
              pointer: `/view/blocks/${index}/type`,
              message: `unsupported type: ${inner.type} (messages only)`,
            },
          ]
        : [],
    ),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: parsed.data };
}

/** The line Slack puts into `response_metadata.messages`. */
export function problemLine(problem: BlockProblem): string {
  return `[ERROR] ${problem.message} [json-pointer:${problem.pointer}]`;
}

/** All characters of all texts of a message: what `msg_blocks_too_long` counts (slack.md 4.1, undocumented by Slack). */
export function countBlockChars(blocks: readonly Block[]): number {
  let chars = 0;
  JSON.stringify(blocks, (key, value: unknown) => {
    if ((key === 'text' || key === 'alt_text') && typeof value === 'string') chars += value.length;
    return value;
  });
  return chars;
}

/** Elements of a block that carry an `action_id`. */
export function elementsOf(inner: Block): InteractiveElement[] {
  switch (inner.type) {
    case 'actions':
      return inner.elements;
    case 'section':
      return inner.accessory !== undefined && inner.accessory.type !== 'image' ? [inner.accessory] : [];
    case 'input':
      return [inner.element];
    default:
      return [];
  }
}

function messageOnlyRules(blocks: readonly Block[]): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const markdown = blocks.reduce(
    (sum, inner) => sum + (inner.type === 'markdown' ? inner.text.length : 0),
    0,
  );
  if (markdown > markdownCharsMax)
    problems.push({
      pointer: '/blocks',
      message: `markdown blocks must be less than ${markdownCharsMax + 1} characters together`,
    });
  if (blocks.filter((inner) => inner.type === 'table').length > 1)
    problems.push({ pointer: '/blocks', message: 'no more than 1 table allowed' });
  return problems;
}

function duplicatedIds(blocks: readonly Block[], root: string): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const blockIds = new Set<string>();
  blocks.forEach((inner, index) => {
    if (inner.block_id !== undefined) {
      if (blockIds.has(inner.block_id))
        problems.push({
          pointer: `${root}/${index}/block_id`,
          message: `duplicate block_id: ${inner.block_id}`,
        });
      blockIds.add(inner.block_id);
    }
    const actionIds = new Set<string>();
    for (const { action_id } of elementsOf(inner)) {
      if (action_id === undefined) continue;
      if (actionIds.has(action_id))
        problems.push({ pointer: `${root}/${index}`, message: `duplicate action_id: ${action_id}` });
      actionIds.add(action_id);
    }
  });
  return problems;
}

function emptySelects(blocks: readonly Block[], root: string): BlockProblem[] {
  return blocks.flatMap((inner, index) =>
    elementsOf(inner).flatMap((element) =>
      (element.type === 'static_select' || element.type === 'multi_static_select') &&
      (element.options === undefined) === (element.option_groups === undefined)
        ? [{ pointer: `${root}/${index}`, message: 'exactly one of options and option_groups is required' }]
        : [],
    ),
  );
}

function problemsOf(error: z.ZodError, input: unknown, root: readonly string[]): BlockProblem[] {
  return error.issues.flatMap((issue) => issueProblems(issue, input, root));
}

function issueProblems(
  issue: z.core.$ZodIssue,
  input: unknown,
  root: readonly (string | number)[],
): BlockProblem[] {
  const path = [...root, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  const pointer = `/${path.join('/')}`;
  const at = (message: string) => [{ pointer, message }];
  switch (issue.code) {
    case 'too_big':
      return at(
        issue.origin === 'array'
          ? `no more than ${issue.maximum} items allowed`
          : issue.origin === 'string'
            ? `must be less than ${Number(issue.maximum) + 1} characters`
            : `must be at most ${issue.maximum}`,
      );
    case 'too_small':
      return at(
        issue.origin === 'array'
          ? `no less than ${issue.minimum} items allowed`
          : issue.origin === 'string'
            ? `must be more than ${Number(issue.minimum) - 1} characters`
            : `must be at least ${issue.minimum}`,
      );
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ pointer, message: `invalid additional property: ${key}` }));
    case 'invalid_union': {
      // Every union here is told apart by `type`; the issue's path points at that property.
      const type = valueAt(input, issue.path);
      return at(
        type === undefined ? 'missing required field: type' : `unsupported type: ${JSON.stringify(type)}`,
      );
    }
    case 'invalid_type':
      return valueAt(input, issue.path) === undefined && path.length > root.length
        ? [{ pointer: `/${path.slice(0, -1).join('/')}`, message: `missing required field: ${path.at(-1)}` }]
        : at(
            `must provide ${issue.expected === 'object' ? 'an object' : `a value of type ${issue.expected}`}`,
          );
    default:
      return at(issue.message);
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' ? (Reflect.get(value, key) as unknown) : undefined,
    input,
  );
}
