/** One line for people about an event of the record. What people and strangers turned is a sentence; the rest is name and values. */
import type { RestoreEvent } from '../restore/record/events.ts';

const tasksShown = 5;

/** Foreign words are quoted as JSON strings: nothing in them reaches a terminal as a control character. */
export function sentenceOf(event: RestoreEvent): string {
  switch (event.type) {
    case 'edit-ordered': {
      const tasks = `${event.taskIds.length} ${event.taskIds.length === 1 ? 'task' : 'tasks'}`;
      return `${event.person.name} left ${tasks} out: ${words(event.reason)} (${listOf(event.taskIds)})`;
    }
    case 'taken-back': {
      const kept =
        event.signOffs === 'kept' ? 'sign-offs stand if the same comes out' : 'sign-offs count no more';
      return `begun once more from ${event.to}, ${kept}: ${words(event.message)}`;
    }
    case 'foreign-hand': {
      const where = event.host === '' ? '' : ` on ${event.host}`;
      return `somebody else was seen at work${where} (${event.act}), sign-offs count no more: ${words(event.message)}`;
    }
    case 'noticed':
      return `noticed: ${words(event.message)}`;
    case 'pause-ordered':
      return `${event.person.name} paused it: ${words(event.reason)}`;
    case 'abandon-ordered':
      return `${event.person.name} left it as it is: ${event.reason}`;
    case 'resume-ordered':
      return `${event.person.name} resumed it`;
    default:
      return valuesOf(event);
  }
}

function words(text: string): string {
  return JSON.stringify(text);
}

function listOf(taskIds: readonly string[]): string {
  const more = taskIds.length - tasksShown;
  const shown = taskIds.slice(0, tasksShown).map(words).join(', ');
  return more > 0 ? `${shown} and ${more} more, all in the export` : shown;
}

/** The event's name and its plain values. */
function valuesOf(event: RestoreEvent): string {
  const values = Object.entries(event).flatMap(([key, value]) => {
    if (key === 'type') return [];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return [`${key}=${value}`];
    if (value !== null && typeof value === 'object' && 'name' in value && typeof value.name === 'string')
      return [`${key}=${value.name}`];
    return [];
  });
  return [event.type, ...values].join('  ');
}
