/** When the certificates between the bot and a cluster begin and end: its own, those that servers show, and their authorities. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import type { CertificateDates, CertificateReader } from '../aurora/certificates.ts';
import type { Clock } from '../aurora/clock.ts';
import { within } from '../aurora/within.ts';

/** PEM texts of one kind of server, as the bot was started with them. */
interface OwnSide {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A server that shows a certificate, and with what it is spoken to. */
interface TlsServer {
  /** `the agent`, `the Mesos master at m1:5050`. */
  readonly name: string;
  readonly host?: string;
  readonly url: string;
  readonly own: OwnSide;
}

const handshakeMs = 5_000;

/** Reads the files' texts and asks all servers with a https address at once. A chain that OpenSSL refuses is looked at as well. */
export function openCertificates(parts: {
  /** What the bot shows, by whom it shows it to: `agents`, `Mesos masters`. */
  readonly own: Readonly<Record<string, OwnSide>>;
  readonly servers: readonly TlsServer[];
  readonly clock: Clock;
}): CertificateReader {
  const own = Object.entries(parts.own).flatMap(([whom, side]) => ownCertificates(whom, side));
  const servers = parts.servers.filter(({ url }) => new URL(url).protocol === 'https:');
  return async () => {
    const shown = await Promise.all(servers.map((server) => readShown(server, parts.clock)));
    // An authority stands behind many: it is told once.
    const each = new Map([...own, ...shown.flat()].map((one) => [`${one.host ?? ''} ${one.id}`, one.dates]));
    return [...each.values()];
  };
}

interface Known {
  readonly id: string;
  readonly host?: string;
  readonly dates: CertificateDates;
}

function ownCertificates(whom: string, { ca, cert }: OwnSide): readonly Known[] {
  const authorities = certificatesIn(ca ?? '');
  const [mine] = certificatesIn(cert ?? '');
  // Of a file with many authorities most stand behind nothing here; those that do are seen behind what they issued.
  const behind =
    authorities.length === 1
      ? authorities
      : authorities.filter((authority) => mine?.checkIssued(authority) === true);
  return [
    ...(mine === undefined ? [] : [known(mine, `The certificate that the bot shows to ${whom}`)]),
    ...behind.map((authority) => known(authority, `The authority ${commonNameOf(authority.subject)}`)),
  ];
}

function known({ fingerprint256: id, validFrom, validTo }: X509Certificate, what: string): Known {
  return { id, dates: { what, validFromMs: Date.parse(validFrom), validToMs: Date.parse(validTo) } };
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function commonNameOf(subject: string): string {
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');
}

/** The chain of one server, the first one its own; empty when it does not answer. */
async function readShown(server: TlsServer, clock: Clock): Promise<readonly Known[]> {
  const chain = (await within(clock, handshakeMs, shakeHands(server))) ?? [];
  return chain.map((certificate, index): Known => {
    const { fingerprint256: id, valid_from: from, valid_to: to, subject } = certificate;
    const dates = { validFromMs: Date.parse(from), validToMs: Date.parse(to) };
    if (index > 0) return { id, dates: { what: `The authority ${String(subject.CN)}`, ...dates } };
    const host = server.host === undefined ? {} : { host: server.host };
    return { id, ...host, dates: { what: `The certificate of ${server.name}`, ...host, ...dates } };
  });
}

function shakeHands({ url, own }: TlsServer): Promise<readonly DetailedPeerCertificate[]> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: port === '' ? 443 : Number(port),
      // What has ended is to be seen, too; nothing is sent over this connection.
      rejectUnauthorized: false,
      timeout: handshakeMs,
      ...(isIP(host) === 0 && { servername: host }),
      ...own,
    });
    const end = (chain: readonly DetailedPeerCertificate[]): void => {
      resolve(chain);
      socket.destroy();
    };
    socket.once('secureConnect', () => end(chainOf(socket.getPeerCertificate(true))));
    socket.once('timeout', () => end([]));
    socket.once('error', () => end([]));
    socket.once('close', () => end([]));
  });
}

/** A root is its own issuer. */
function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.fingerprint256 !== undefined && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}
