import fs from 'node:fs';

/** Who may do what: the part of a Shiro `security.ini` that Aurora needs (aurora.md 1.6). */
export interface Realm {
  /** `null` for wrong credentials, and for a header that is none. */
  authenticate(authorization: string): Subject | null;
}

export interface Subject {
  readonly name: string;
  /** Whether a wildcard permission of one of their roles covers `thrift.AuroraAdmin:<method>`. */
  mayCall(method: string): boolean;
}

/** Reads `[users]` (`name = password, role…`) and `[roles]` (`role = permission…`). */
export function readRealm(path: string): Realm {
  const sections = parseIni(fs.readFileSync(path, 'utf8'));
  const users = sections.get('users') ?? new Map<string, string>();
  const roles = sections.get('roles') ?? new Map<string, string>();
  return {
    authenticate: (authorization) => {
      const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization)?.[1];
      if (encoded === undefined) return null;
      const text = Buffer.from(encoded, 'base64').toString('utf8');
      const colon = text.indexOf(':');
      const name = text.slice(0, colon);
      const [password, ...roleNames] = (users.get(name) ?? '').split(',').map((part) => part.trim());
      if (colon < 0 || !users.has(name) || password !== text.slice(colon + 1)) return null;
      const permissions = roleNames.flatMap((role) => splitPermissions(roles.get(role) ?? ''));
      return {
        name,
        mayCall: (method) =>
          permissions.some((permission) => covers(permission, ['thrift.AuroraAdmin', method])),
      };
    },
  };
}

/** Commas separate permissions; only inside double quotes they separate the parts of one. */
function splitPermissions(value: string): string[] {
  return (value.match(/"[^"]*"|[^,]+/g) ?? []).map((part) => part.trim().replaceAll('"', ''));
}

function covers(permission: string, wanted: readonly string[]): boolean {
  const parts = permission.split(':').map((part) => part.split(',').map((one) => one.trim()));
  return wanted.every((one, index) => {
    const allowed = parts[index];
    return allowed === undefined || allowed.includes('*') || allowed.includes(one);
  });
}

function parseIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of text.split('\n').map((one) => one.trim())) {
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      current = new Map();
      sections.set(section, current);
      continue;
    }
    const equals = line.indexOf('=');
    if (line === '' || line.startsWith('#') || equals < 0) continue;
    current.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  return sections;
}
