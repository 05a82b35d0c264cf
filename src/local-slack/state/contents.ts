import type { Channels } from './channels.ts';
import type { FileObject } from './entities.ts';
import type { KeptFact } from './kept-facts.ts';
import { Messages } from './messages.ts';
import type { People } from './people.ts';
import type { ResponseTarget } from './tickets.ts';

/** What the workspace holds, as the kept facts have it: one changes it in the same way when it is read again. */
export class Contents {
  readonly people: People;
  readonly channels: Channels;
  readonly messages = new Messages();
  readonly files = new Map<string, FileObject>();
  readonly responseTargets = new Map<string, ResponseTarget>();

  constructor({ people, channels }: { people: People; channels: Channels }) {
    this.people = people;
    this.channels = channels;
  }

  apply(entry: KeptFact): void {
    switch (entry.kind) {
      case 'message':
        this.messages.put(entry.channel, entry.message);
        break;
      case 'message_deleted':
        this.messages.remove(entry.channel, entry.ts);
        break;
      case 'file':
        this.files.set(entry.file.id, entry.file);
        break;
      case 'membership': {
        const members = this.channels.find(entry.channel)?.members;
        if (entry.member) members?.add(entry.user);
        else members?.delete(entry.user);
        break;
      }
      case 'direct_channel':
        this.channels.addDirect(entry.channel, entry.users);
        break;
      case 'user_deleted':
        this.people.setDeleted(entry.user, entry.deleted);
        break;
      case 'response_url':
        this.responseTargets.set(entry.id, entry);
        break;
    }
  }
}
