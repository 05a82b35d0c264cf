/**
 * The side that has the authority: lets one host in, once. It listens only while a person waits for that host, keeps the token in
 * memory alone, and is closed for good by the first right answer, the first right token with another name, or the fifth wrong token.
 *
 * Who could attack it: somebody with a stolen token who is faster than the host (whoever was let in is named, and the host's own attempt
 * is then refused, which a person sees); somebody who comes a second time; a host that would be another one; somebody on the way, who
 * cannot show a certificate of the authority that the token names.
 */

import { createPublicKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { sameHost } from '../aurora/host-names.ts';
import { keepCertificate, readAuthority } from '../pki/directory.ts';
import { issueFor, issuePair } from '../pki/issuing.ts';
import { createToken, fingerprintOf, sameSecret } from './enroll-token.ts';

export const enrollPath = '/v1/enroll';
const bodyBytesMax = 16 * 1024;
const bodyMs = 10_000;
const wrongTokensMax = 5;

const requestSchema = z.strictObject({
  token: z.string().max(100),
  host: z.string().max(253),
  /** PEM of the public key that the host has made. */
  publicKey: z.string().max(2_000),
});

/** What a host is given. */
export const enrolledSchema = z.strictObject({
  certificate: z.string().max(20_000),
  authority: z.string().max(20_000),
  configuration: z.string().max(200_000),
});

export type EnrollOutcome =
  | { readonly kind: 'enrolled'; readonly from: string; readonly fingerprint: string }
  /** Somebody had the token and was refused: it must count as stolen. */
  | { readonly kind: 'refused'; readonly from: string; readonly why: string }
  | { readonly kind: 'nobody-came' };

interface Opened {
  /** For the host: where, and with what. */
  readonly url: string;
  readonly token: string;
  /** How it ended; nothing listens any more. */
  readonly outcome: Promise<EnrollOutcome>;
}

/** Opens the desk for one host. `address` is what the host reaches this machine by, and what the desk's own certificate names. */
export async function openEnrollDesk(options: {
  readonly pki: string;
  readonly host: { readonly name: string; readonly address: string; readonly configuration: string };
  readonly listen: { readonly host: string; readonly port: number };
  readonly address: string;
  readonly lastsMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<Opened> {
  const { pki, host, clock } = options;
  const authority = await readAuthority(pki);
  const own = await issuePair(authority, {
    subject: 'enrolment',
    use: 'server',
    names: [options.address],
    days: 1,
    now: clock.now(),
  });
  const token = createToken(authority.certificate);
  const ended = Promise.withResolvers<EnrollOutcome>();
  // Taken before anything is awaited: two who come at once are one and another one.
  let open = true;
  let wrong = 0;

  const close = (outcome: EnrollOutcome): void => {
    open = false;
    ended.resolve(outcome);
  };
  const certify = async (publicKey: string): Promise<string> => {
    const about = {
      subject: host.name,
      use: 'server',
      names: [host.address],
      days: 365,
      now: clock.now(),
    } as const;
    const certificate = await issueFor(authority, about, publicKey);
    await keepCertificate(pki, { name: host.name, certificate, now: clock.now() });
    return certificate;
  };
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: object }> => {
    if (request.method !== 'POST' || request.url !== enrollPath)
      return refusal(404, 'There is nothing here.');
    const parsed = requestSchema.safeParse(parseJson(await readBody(request)));
    const from = request.socket.remoteAddress ?? 'an unknown address';
    if (!parsed.success) return refusal(400, 'This is not a request for an enrolment.');
    if (!open)
      return refusal(410, 'This enrolment is over. Its token was used, or somebody tried to misuse it.');
    if (!sameSecret(parsed.data.token, token.secret)) {
      wrong += 1;
      if (wrong >= wrongTokensMax)
        close({ kind: 'refused', from, why: `${wrongTokensMax} wrong tokens were tried` });
      return refusal(403, 'The token is not the one of this enrolment.');
    }
    if (!sameHost(parsed.data.host, host.name)) {
      close({ kind: 'refused', from, why: `the token was used for ${parsed.data.host.slice(0, 100)}` });
      return refusal(403, `The token is for ${host.name}, and it is used up now.`);
    }
    if (!isPublicKey(parsed.data.publicKey))
      return refusal(400, 'The key is not an EC key of the curve P-256.');
    open = false;
    const certificate = await certify(parsed.data.publicKey).catch((error: unknown) => {
      // Nothing was given away: whoever has the token may come again.
      open = true;
      throw error;
    });
    close({ kind: 'enrolled', from, fingerprint: fingerprintOf(certificate) });
    return {
      status: 200,
      body: { certificate, authority: authority.certificate, configuration: host.configuration },
    };
  };

  const server = createServer(
    {
      key: own.key,
      // With the authority behind it: the host knows it by its fingerprint, and has nothing else yet.
      cert: own.certificate + authority.certificate,
      minVersion: 'TLSv1.3',
      handshakeTimeout: 5_000,
      maxHeaderSize: 8 * 1024,
    },
    (request, response) => {
      void answer(request)
        .catch((error: unknown) => refusal(500, `The enrolment failed: ${messageOf(error)}`))
        .then(({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
          response.end(JSON.stringify(body));
        });
    },
  );
  server.headersTimeout = bodyMs;
  server.requestTimeout = bodyMs;
  server.maxConnections = 16;
  const { host: listenHost, port } = options.listen;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(options.listen, cause)));
    server.listen(port, listenHost, resolve);
  });
  const over = new AbortController();
  const leave = (): void => close({ kind: 'nobody-came' });
  options.signal.addEventListener('abort', leave, { once: true });
  void clock.sleep(options.lastsMs, over.signal).then(() => {
    if (!over.signal.aborted) leave();
  });
  const outcome = ended.promise.finally(async () => {
    over.abort();
    options.signal.removeEventListener('abort', leave);
    // The last answer is still on its way; whoever is idle or slow is not waited for.
    const closed = new Promise((resolve) => server.close(resolve));
    await Promise.race([closed, clock.sleep(bodyMs)]);
    server.closeAllConnections();
  });
  const { port: listening } = addressOf(server.address());
  return { url: `https://${options.address}:${listening}`, token: token.text, outcome };
}

function refusal(status: number, message: string): { status: number; body: object } {
  return { status, body: { message } };
}

function isPublicKey(pem: string): boolean {
  try {
    const key = createPublicKey(pem);
    // A private key would be taken too, and nobody is to send one.
    return pem.includes('BEGIN PUBLIC KEY') && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

/** Nothing of a body that is too long. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    // What is too long is read to its end and forgotten: whoever hangs up in the middle is not heard.
    if (length <= bodyBytesMax) chunks.push(bytes);
  }
  if (length > bodyBytesMax) return '';
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address;
}

function cannotListen({ host, port }: { host: string; port: number }, cause: unknown): AuroraError {
  return new AuroraError({
    code: 'enroll-listen',
    message: `${host}:${port} cannot be listened on: ${messageOf(cause)}.`,
    hint: 'Name another address of this machine with --listen.',
    cause,
  });
}
