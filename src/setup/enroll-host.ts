/**
 * The side of the host: makes its key here, finds the authority that the token names at the address, and only then says the token. A key
 * never leaves the host. Nothing that is there is overwritten; a run that fails leaves the directory as it was.
 */
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { link, lstat, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { z } from 'zod';
import { parseAgentConfig } from '../agent/config.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { sameHost } from '../aurora/host-names.ts';
import { enrolledSchema, enrollPath } from './enroll-desk.ts';
import { fingerprintOf, parseToken } from './enroll-token.ts';

const answerMs = 15_000;
const answerBytesMax = 512 * 1024;

/** Answers the files that it wrote into `directory`, and the hex SHA-256 of its certificate. AuroraErrors `enroll-…`, each with what to do. */
export async function enrollHost({
  url,
  token: text,
  host,
  directory,
}: {
  url: string;
  token: string;
  /** What the bot calls this host. */
  host: string;
  directory: string;
}): Promise<{ readonly files: readonly string[]; readonly fingerprint: string }> {
  const token = parseToken(text);
  const desk = parseUrl(url);
  // Before the token is used up.
  await requirePlace(directory);
  const authority = await findAuthority(desk, token.authority);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const asked = {
    token: token.secret,
    host,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
  const given = await ask(desk, authority, asked);
  const certificate = new X509Certificate(given.certificate);
  const isOurs =
    fingerprintOf(given.authority) === token.authority &&
    certificate.verify(new X509Certificate(authority).publicKey) &&
    certificate.checkPrivateKey(privateKey);
  const config = parseAgentConfig(given.configuration, 'agent.yaml');
  if (!isOurs || !sameHost(config.host, host)) {
    throw refused(
      'What was given is not for the key and the name of this host.',
      'Nothing was written. Open another enrolment.',
    );
  }
  const files = await writeAll(directory, {
    'agent.key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'agent.pem': given.certificate,
    'ca.pem': authority,
    // The last one: an agent that finds it finds everything.
    'agent.yaml': given.configuration,
  });
  return { files, fingerprint: fingerprintOf(given.certificate) };
}

/**
 * Looks at the certificates that the address shows, says nothing, and takes the one with this fingerprint. That the desk really stands
 * behind it is proven by the second connection, which believes this authority alone and compares the name.
 */
async function findAuthority({ hostname, port }: URL, fingerprint: string): Promise<string> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const chain = await new Promise<readonly Buffer[]>((resolve, reject) => {
    const socket = connect({
      host,
      port: port === '' ? 443 : Number(port),
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ...(isIP(host) === 0 && { servername: host }),
    });
    const late = setTimeout(() => socket.destroy(new Error('it does not answer')), answerMs);
    socket.once('secureConnect', () => {
      const shown: Buffer[] = [];
      let next = socket.getPeerCertificate(true);
      while (next?.raw !== undefined && !shown.some((raw) => raw.equals(next.raw))) {
        shown.push(next.raw);
        next = next.issuerCertificate;
      }
      resolve(shown);
      socket.destroy();
    });
    socket.once('error', (cause) => reject(unreachable(`${host}:${port}`, cause)));
    socket.once('close', () => {
      clearTimeout(late);
      reject(unreachable(`${host}:${port}`, new Error('it closed the connection')));
    });
  });
  const found = chain.find((raw) => fingerprintOf(raw) === fingerprint);
  if (found !== undefined) return new X509Certificate(found).toString();
  throw new AuroraError({
    code: 'enroll-impostor',
    message: `${host}:${port} is not of the authority that the token names. The token was not sent.`,
    hint: 'Compare the address with what "aurora-chatops enroll open" has printed. If it is right, somebody stands between: find out who.',
  });
}

async function ask(desk: URL, authority: string, asked: object): Promise<z.output<typeof enrolledSchema>> {
  const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(new URL(enrollPath, desk), {
      method: 'POST',
      ca: authority,
      minVersion: 'TLSv1.3',
      agent: false,
      signal: AbortSignal.timeout(answerMs),
      headers: { 'content-type': 'application/json' },
    });
    sent.once('error', (cause) => reject(notTheDesk(desk, cause)));
    sent.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > answerBytesMax) response.destroy(new Error('the answer is too long'));
      });
      response.once('error', (cause) => reject(notTheDesk(desk, cause)));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.end(JSON.stringify(asked));
  });
  const answer = parseJson(body);
  const parsed = enrolledSchema.safeParse(answer);
  if (status === 200 && parsed.success) return parsed.data;
  const said =
    typeof answer === 'object' && answer !== null && 'message' in answer && typeof answer.message === 'string'
      ? answer.message.slice(0, 300)
      : `The answer was ${status}.`;
  throw refused(
    said,
    'Nothing was written. If you have not used this token before, treat it as stolen: look at the machine where it was opened, and open another one.',
  );
}

const files = ['agent.key', 'agent.pem', 'ca.pem', 'agent.yaml'] as const;

/** A directory that only we can change, or none yet, with none of the files in it. */
async function requirePlace(directory: string): Promise<void> {
  const place = await lstat(directory).catch(() => null);
  if (place === null) return;
  const ours = place.isDirectory() && place.uid === process.geteuid?.() && (place.mode & 0o022) === 0;
  if (!ours) {
    throw new AuroraError({
      code: 'enroll-not-written',
      message: `${directory} is not a directory that only this account can change. The token was not used.`,
      hint: `Make it again: install -d -m 0700 ${directory}.`,
    });
  }
  const names = await readdir(directory);
  const taken = files.find((name) => names.includes(name));
  if (taken === undefined) return;
  throw new AuroraError({
    code: 'enroll-not-written',
    message: `${join(directory, taken)} is there already. Nothing was changed, and the token was not used.`,
    hint: 'Move the files of before away, and enroll again; an agent that runs keeps running.',
  });
}

/** Whole files under names that nobody has, or nothing: those of a run that fails are taken away again. */
async function writeAll(
  directory: string,
  texts: Readonly<Record<(typeof files)[number], string>>,
): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  try {
    for (const [name, text] of Object.entries(texts)) {
      const path = join(directory, name);
      const beside = join(directory, `.${name}.${randomBytes(6).toString('hex')}`);
      const file = await open(beside, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
        await link(beside, path);
      } finally {
        await file.close();
        await unlink(beside);
      }
      written.push(path);
    }
  } catch (cause) {
    for (const path of written) await unlink(path);
    throw new AuroraError({
      code: 'enroll-not-written',
      message: `The files of this host cannot be written: ${messageOf(cause)}. Nothing was left behind.`,
      hint: `Move what is in ${directory} away, and enroll again with another token.`,
      cause,
    });
  }
  return written;
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && url.protocol === 'https:' && url.username === '') return url;
  throw new AuroraError({
    code: 'enroll-url',
    message: `"${text.slice(0, 200)}" is not the address of an enrolment.`,
    hint: 'Copy what "aurora-chatops enroll open" has printed, such as https://bot.example.org:8099.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(message: string, hint: string): AuroraError {
  return new AuroraError({ code: 'enroll-refused', message, hint });
}

function unreachable(place: string, cause: Error): AuroraError {
  return new AuroraError({
    code: 'enroll-unreachable',
    message: `Nobody can be enrolled at ${place}: ${messageOf(cause)}.`,
    hint: 'An enrolment listens only while "aurora-chatops enroll open" waits. Open it again, and look at firewalls between.',
    cause,
  });
}

function notTheDesk(desk: URL, cause: Error): AuroraError {
  return new AuroraError({
    code: 'enroll-impostor',
    message: `${desk.host} does not prove to be the machine of the enrolment: ${messageOf(cause)}.`,
    hint: 'Compare the address with what "aurora-chatops enroll open" has printed.',
    cause,
  });
}
