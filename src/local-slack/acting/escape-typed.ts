import type { Workspace } from '../state/workspace.ts';

/** Entities for `&<>`, and `@name`, `#name`, `@group` turned into ids, as Slack's composer does. */
export function escapeTyped(workspace: Workspace, text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replace(/<(?!@[UW][A-Z0-9]+>|#C[A-Z0-9]+(\|[^>]*)?>|!subteam\^S[A-Z0-9]+>)/g, '&lt;')
    .replace(/(?<!<[@#!][^<>]*)>/g, '&gt;');
  return escaped
    .replace(
      /(^|[^\w<])@([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])/gi,
      (whole, before: string, name: string) => {
        const user = workspace.people.all().find((candidate) => candidate.name === name.toLowerCase());
        if (user !== undefined) return `${before}<@${user.id}>`;
        const group = workspace.people.usergroups.find(
          (candidate) => candidate.handle === name.toLowerCase(),
        );
        return group === undefined ? whole : `${before}<!subteam^${group.id}>`;
      },
    )
    .replace(/(^|\s)#([a-z0-9_-]+)/g, (whole, before: string, name: string) => {
      const channel = workspace.channels.findByName(name);
      return channel === undefined ? whole : `${before}<#${channel.id}|${channel.name}>`;
    })
    .replace(/(^|\s)(https?:\/\/[^\s<>|]+)/g, '$1<$2>');
}
