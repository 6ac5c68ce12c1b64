import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisServer } from '../../../src/redis/find-redis-server.js';
import { freePort } from '../free-port.js';

/** A Redis that is reached over TLS alone, by users with a password. */
export interface TlsRedis {
  /** By which it is reached without TLS and login. */
  readonly socket: string;
  /** What `NODE_EXTRA_CA_CERTS` names, so that its certificate is trusted. */
  readonly certificateFile: string;
  /** A connection that may do everything. */
  readonly admin: Redis;
  /** @returns the URL of a user. */
  url(user: string, password: string): string;
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** @param users  As `ACL SETUSER` takes them, each beginning with its name. */
export async function startTlsRedis(users: readonly (readonly string[])[]): Promise<TlsRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'sputnik-tls-redis-'));
  const port = await freePort();
  const { certificate, key } = selfSigned(Date.now());
  const [certificateFile, keyFile] = [join(folder, 'redis.crt'), join(folder, 'redis.key')];
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key);
  const { program, env } = await findRedisServer(join(homedir(), '.cache', 'sputnik-harvester'), () => undefined);
  const socket = join(folder, 's');
  const words = [
    ...['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    ...['--tls-cert-file', certificateFile, '--tls-key-file', keyFile, '--tls-auth-clients', 'no'],
    ...['--maxmemory-policy', 'noeviction', '--unixsocket', socket],
  ];
  const server: ChildProcess = spawn(program, words, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const admin = new Redis({ port, tls: { ca: certificate }, maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  await admin.ping();
  for (const rules of users) await admin.call('ACL', 'SETUSER', ...rules);
  return {
    socket,
    certificateFile,
    admin,
    url: (user, password) => `rediss://${user}:${password}@localhost:${port}`,
    stop: async () => {
      admin.disconnect();
      server.kill();
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns a certificate for `localhost` and 127.0.0.1 that signs itself, and its key, as PEM (RFC 5280, by hand). */
function selfSigned(nowMs: number): { certificate: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ecdsaWithSha256 = der(0x30, oid('2a8648ce3d040302'));
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('localhost')))));
  const days = [-1, 1].map((days) => der(0x17, Buffer.from(utcTime(nowMs + days * DAY_MS))));
  const isAuthority = der(0x30, oid('551d13'), der(0x04, der(0x30, der(0x01, Buffer.from([0xff])))));
  const names = der(0x30, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const otherNames = der(0x30, oid('551d11'), der(0x04, names));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = createHash('sha256').update(spki).digest().subarray(0, 8);
  serial[0] = 1;
  const toBeSigned = der(
    0x30,
    ...[der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, serial), ecdsaWithSha256, name, der(0x30, ...days), name],
    ...[spki, der(0xa3, der(0x30, isAuthority, otherNames))],
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const whole = der(0x30, toBeSigned, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const certificate = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`;
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function utcTime(ms: number): string {
  return `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
}
