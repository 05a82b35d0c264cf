import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { directoryMethods } from './directory.ts';
import type { Uploads } from './files.ts';
import type { Method } from './method.ts';
import { pinMethods } from './pins.ts';
import { viewMethods } from './views.ts';

/** Every Web API method the local Slack speaks. */
export function methodCatalog(uploads: Uploads): ReadonlyMap<string, Method> {
  return new Map(
    Object.entries({
      ...directoryMethods,
      ...chatMethods,
      ...conversationMethods,
      ...pinMethods,
      ...viewMethods,
      ...uploads.methods,
    }),
  );
}
