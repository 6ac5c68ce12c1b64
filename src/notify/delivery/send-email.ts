import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import type { NotifyTarget } from '../../config/config.js';
import { isPublicAddress } from '../../crawlers/http/network-guard.js';
import { emailText } from '../forms/message-forms.js';
import type { Message } from '../notices/notice.js';
import { forbidden, type Delivery } from './delivery.js';

/** Bounds each step: connecting, the greeting, each answer. */
const STEP_MS = 10_000;

/** An attached picture. */
export interface EmailPicture {
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string;
}

/**
 * Sends one e-mail. Its `Message-ID` is made of the message's id, the same at each try.
 *
 * @param target    With its secrets; of form `email`.
 * @param pictures  Attached.
 */
export async function sendEmail(
  { url, from, to, allowPrivate }: NotifyTarget,
  message: Message,
  pictures: readonly EmailPicture[],
): Promise<Delivery> {
  const server = new URL(url);
  try {
    const address = await addressOf(server.hostname);
    if (!allowPrivate && !isPublicAddress(address)) return forbidden(server.hostname);
    const transport = createTransport(transportOptions(server, address));
    try {
      const info = await transport.sendMail({
        ...{ from: from ?? undefined, to: [...to], messageId: `<${message.id}@${domainOf(from)}>` },
        ...emailText(message),
        date: new Date(message.createdAt),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Sputnik-Rule': message.rule },
        attachments: [...pictures],
      });
      return { kind: 'taken', answer: info.response, retryAfterMs: null };
    } finally {
      transport.close();
    }
  } catch (error) {
    return failureOf(error);
  }
}

/** The address is looked up only once, so that a name cannot lead to another address after the check. */
async function addressOf(hostname: string): Promise<string> {
  const plain = hostname.replace(/^\[|\]$/g, '');
  return isIP(plain) === 0 ? (await dns.lookup(plain)).address : plain;
}

/** A password goes out only encrypted, unless the server is on this machine. */
function transportOptions(server: URL, address: string) {
  const isSecure = server.protocol === 'smtps:';
  const user = decodeURIComponent(server.username);
  const isLoopback = address === '::1' || address.startsWith('127.');
  return {
    host: address,
    port: server.port === '' ? (isSecure ? 465 : 587) : Number(server.port),
    secure: isSecure,
    requireTLS: !isSecure && user !== '' && !isLoopback,
    ignoreTLS: isLoopback && !isSecure,
    ...(isIP(server.hostname) === 0 ? { tls: { servername: server.hostname } } : {}),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(server.password) } }),
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function domainOf(from: string | null): string {
  return /@([^>\s]+)/.exec(from ?? '')?.[1] ?? 'sputnik-harvester.invalid';
}

/** RFC 5321, §4.2.1: 5xx is final, 4xx passes; without an answer it may pass. */
function failureOf(error: unknown): Delivery {
  const { responseCode, message } = error as { responseCode?: unknown; message?: unknown };
  const isFinal = typeof responseCode === 'number' && responseCode >= 500;
  return { kind: isFinal ? 'refused' : 'later', answer: String(message ?? error), retryAfterMs: null };
}
