import { z } from 'zod';
import type { Block } from '../block-kit/blocks.ts';
import type { ViewDefinition } from '../block-kit/views.ts';
import {
  type BlockProblem,
  checkBlocks,
  checkView,
  countBlockChars,
  problemLine,
} from '../block-kit-rules.ts';
import type { SlackRules } from '../limits.ts';
import { SlackRefusal } from '../refusal.ts';
import type { MessageMetadata } from '../state/entities.ts';

/** Arguments of one call, whichever way the body was encoded: form values are strings, JSON values may be structured. */
export class Arguments {
  private readonly values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.values = values;
  }

  without(name: string): Arguments {
    return new Arguments(new Map([...this.values].filter(([each]) => each !== name)));
  }

  /** A string; numbers and booleans of JSON bodies are taken as their text, except for timestamps, which Slack wants as strings. */
  optional(name: string): string | undefined {
    const value = this.values.get(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    if (name.endsWith('ts')) throw invalid(name, 'must be a string');
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw invalid(name, 'must be a string');
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined)
      throw new SlackRefusal('invalid_arguments', { messages: [`[ERROR] missing required field: ${name}`] });
    return value;
  }

  flag(name: string): boolean {
    const value = this.optional(name);
    return value === 'true' || value === '1';
  }

  count(name: string, fallback: number): number {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) throw invalid(name, 'must be a number');
    return value;
  }

  /** Structured values arrive as JSON text in forms and as themselves in JSON bodies. */
  json(name: string): unknown {
    const value = this.values.get(name);
    if (typeof value !== 'string') return value ?? undefined;
    if (value === '') return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      throw new SlackRefusal(name === 'blocks' ? 'invalid_blocks_format' : 'invalid_arguments', {
        messages: [`[ERROR] ${name} is not JSON`],
      });
    }
  }

  /** Checked blocks; `undefined` when the argument is absent. */
  blocks(rules: SlackRules): Block[] | undefined {
    const given = this.json('blocks');
    if (given === undefined) return undefined;
    return acceptBlocks(given, rules);
  }

  view(rules: SlackRules): ViewDefinition {
    const given = this.json('view');
    if (given === undefined) this.required('view');
    return acceptView(given, rules);
  }

  /** Checked metadata; an empty object means "take it away" and comes back as `null`. */
  metadata(rules: SlackRules): MessageMetadata | null | undefined {
    const given = this.json('metadata');
    if (given === undefined) return undefined;
    if (z.strictObject({}).safeParse(given).success) return null;
    const parsed = metadataSchema.safeParse(given);
    if (!parsed.success) throw new SlackRefusal('invalid_metadata_format');
    if (Buffer.byteLength(JSON.stringify(given)) > rules.metadataBytesMax)
      throw new SlackRefusal('metadata_too_large');
    return parsed.data;
  }

  /** For the log: shortened, and without anything secret (tokens never get here). */
  forLog(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.values].map(([name, value]) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        return [name, text.length > 2000 ? `${text.slice(0, 2000)}…` : text];
      }),
    );
  }
}

/** Refuses blocks as `chat.postMessage` does. */
export function acceptBlocks(given: unknown, rules: SlackRules): Block[] {
  const checked = checkBlocks(given);
  if (!checked.ok) throw refuseBlocks('invalid_blocks', checked.problems);
  if (countBlockChars(checked.value) > rules.blocksCharsMax) throw new SlackRefusal('msg_blocks_too_long');
  return checked.value;
}

/** Refuses views as `views.open` does. */
export function acceptView(given: unknown, rules: SlackRules): ViewDefinition {
  if (Buffer.byteLength(JSON.stringify(given ?? null)) > rules.viewBytesMax)
    throw new SlackRefusal('view_too_large');
  const checked = checkView(given);
  if (!checked.ok) throw refuseBlocks('invalid_arguments', checked.problems);
  return checked.value;
}

function refuseBlocks(code: string, problems: readonly BlockProblem[]): SlackRefusal {
  const lines = problems.map(problemLine);
  return new SlackRefusal(code, { messages: lines, fields: { errors: lines } });
}

function invalid(name: string, problem: string): SlackRefusal {
  return new SlackRefusal('invalid_arguments', {
    messages: [`[ERROR] ${problem} [json-pointer:/${name}]`],
  });
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const flat = z.record(z.string(), scalar);
/** Flat or one level deep (slack.md 4.3). */
const metadataSchema = z.strictObject({
  event_type: z.string().regex(/^[A-Za-z0-9_.-]+$/),
  event_payload: z.record(z.string(), z.union([scalar, flat, z.array(z.union([scalar, flat]))])),
});
