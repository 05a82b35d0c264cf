/** Which functions make what people see, and which of them really ran: no example is believed by its name. */
import { readdir } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { join, relative } from 'node:path';
import type { AnyDialogue } from '../../src/slack/decisions/dialogue.ts';

const slack = join(import.meta.dirname, '../../src/slack');
const rooms = ['messages', 'views', 'decisions'];
/** What they do beside showing: they read what was filled in, judge, draw pictures, or write files. */
const showsNothing =
  /^(read|parse|check|is|find|offer)[A-Z]|File$|Value$|^(escalationChannel|waitingFor|gateToSign|pictureOf)$/;

/** Every exported function that makes something people see, by the names it may be counted under: `messages/card.ts renderCard`. */
export async function listBuilders(): Promise<readonly (readonly string[])[]> {
  const names = new Map<unknown, string[]>();
  const add = (file: string, builder: { name: string }) => {
    names.set(builder, [...(names.get(builder) ?? []), `${file} ${builder.name}`]);
  };
  for (const room of rooms)
    for (const name of await readdir(join(slack, room))) {
      const file = `${room}/${name}`;
      const module = (await import(join(slack, file))) as Record<string, unknown>;
      for (const [exported, value] of Object.entries(module)) {
        if (typeof value === 'function' && !showsNothing.test(exported)) add(file, value);
        if (!isDialogue(value)) continue;
        add(file, value.form.show);
        add(file, value.reply);
      }
    }
  return [...names.values()];
}

function isDialogue(value: unknown): value is AnyDialogue {
  return typeof value === 'object' && value !== null && 'decision' in value && 'reply' in value;
}

/** Runs it, and tells which functions of these rooms were called meanwhile, as V8 counts them. */
export async function callsDuring<T>(
  run: () => Promise<T>,
): Promise<{ result: T; called: ReadonlySet<string> }> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const result = await run();
    const { result: scripts } = await session.post('Profiler.takePreciseCoverage');
    const called = new Set(
      scripts.flatMap(({ url, functions }) => {
        const file = relative(slack, url.replace(/^file:\/\//, ''));
        return functions
          .filter(({ ranges: [whole] }) => (whole?.count ?? 0) > 0)
          .map(({ functionName }) => `${file} ${functionName}`);
      }),
    );
    await session.post('Profiler.stopPreciseCoverage');
    return { result, called };
  } finally {
    session.disconnect();
  }
}
