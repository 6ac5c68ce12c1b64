import { createHmac } from 'node:crypto';
import type { Message } from '../notices/notice.js';
import type { TargetForm } from '../../config/config.js';
import { discordBody, mattermostBody, ntfyBody, slackBody, telegramBody } from './chat-forms.js';

/** A target whose secrets were read. */
interface WebhookTarget {
  readonly form: Exclude<TargetForm, 'email'>;
  readonly url: string;
  readonly secret: string | null;
  readonly token: string | null;
  readonly chat: string | null;
}

/** What goes over the wire. */
export interface WebhookRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Writes a message as its target reads it, signed where there is a secret: `X-Sputnik-Signature: sha256=<hex>` is the HMAC-SHA256 of
 * `<X-Sputnik-Timestamp>.<body>`. `Idempotency-Key` is the message's id, the same at each try.
 *
 * @param nowMs  Milliseconds since the epoch. Pure.
 */
export function webhookRequest(
  target: WebhookTarget,
  message: Message,
  nowMs: number,
  userAgent: string,
): WebhookRequest {
  const url = new URL(target.url);
  const body = JSON.stringify(bodyOf(target, message, url));
  const timestamp = String(Math.floor(nowMs / 1_000));
  const { secret, token } = target;
  const signature = secret === null ? null : createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': userAgent,
    'idempotency-key': message.id,
    'x-sputnik-timestamp': timestamp,
    ...(signature === null ? {} : { 'x-sputnik-signature': `sha256=${signature}` }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  return { url: target.form === 'ntfy' ? new URL(rootOf(url), url) : url, headers, body };
}

function bodyOf({ form, chat }: WebhookTarget, message: Message, url: URL): object {
  switch (form) {
    case 'json':
      return message;
    case 'slack':
      return slackBody(message);
    case 'mattermost':
      return mattermostBody(message);
    case 'discord':
      return discordBody(message);
    case 'telegram':
      return telegramBody(message, chat);
    case 'ntfy':
      return ntfyBody(message, url.pathname.slice(rootOf(url).length));
  }
}

/** Path of the server: all but the topic. */
function rootOf({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/') + 1);
}
