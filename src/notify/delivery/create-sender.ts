import type { Environment } from '../../config/environment.js';
import type { NotifyTarget } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import type { Clock } from '../../platform/clock.js';
import { webhookRequest } from '../forms/message-forms.js';
import type { Message, Notice } from '../notices/notice.js';
import { refused, shownAnswer, withSecrets, type Delivery } from './delivery.js';
import { createWebhookDispatcher, postWebhook } from './post-webhook.js';
import { sendEmail, type EmailPicture } from './send-email.js';

interface SenderDependencies {
  readonly environment: Pick<Environment, 'settings'>;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Draws the picture of an edit. */
  readonly drawPicture: (notice: Notice) => Promise<EmailPicture>;
}

/** Sends messages, each once per call. */
export interface Sender {
  send(target: NotifyTarget, message: Message): Promise<Delivery>;
  close(): Promise<void>;
}

/** Pictures that one e-mail takes along. */
const PICTURES_MAX = 3;

export function createSender({ environment, clock, userAgent, drawPicture }: SenderDependencies): Sender {
  const dispatchers = { public: createWebhookDispatcher(false), any: createWebhookDispatcher(true) };
  const deliver = async (target: NotifyTarget, message: Message): Promise<Delivery> => {
    const { form, allowPrivate } = target;
    if (form === 'email') return sendEmail(target, message, await picturesOf(message, drawPicture));
    const webhook = webhookRequest({ ...target, form }, message, clock.now(), userAgent);
    const dispatcher = allowPrivate ? dispatchers.any : dispatchers.public;
    return postWebhook(webhook, { dispatcher, allowPrivate }, clock.now());
  };
  return {
    send: async (target, message) => {
      const known = secretTarget(target, environment);
      if ('kind' in known) return known;
      const delivery = await deliver(known, message);
      return { ...delivery, answer: shownAnswer(delivery.answer, secretsOf(known)) };
    },
    close: async () => {
      await Promise.all([dispatchers.public.destroy(), dispatchers.any.destroy()]);
    },
  };
}

/** If a secret cannot be read, the settings are wrong. The message is refused, and can be retried when they are corrected. */
function secretTarget(target: NotifyTarget, environment: Pick<Environment, 'settings'>): NotifyTarget | Delivery {
  try {
    const known = withSecrets(target, environment);
    const protocols = known.form === 'email' ? ['smtp:', 'smtps:'] : ['http:', 'https:'];
    if (URL.canParse(known.url) && protocols.includes(new URL(known.url).protocol)) return known;
    return refused(`the URL of target ${target.name} does not begin with ${protocols.join(' or ')}`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refused(error.message);
  }
}

function secretsOf({ url, secret, token }: NotifyTarget): (string | null)[] {
  const { username, password, pathname, search } = new URL(url);
  const path = pathname.split('/').filter((part) => part.length >= 8);
  return [url, secret, token, password, decodeURIComponent(password), username, search, ...path];
}

async function picturesOf(
  { notices }: Message,
  drawPicture: SenderDependencies['drawPicture'],
): Promise<EmailPicture[]> {
  const edits = notices.filter(({ kind }) => kind === 'edit').slice(0, PICTURES_MAX);
  const pictures: EmailPicture[] = [];
  for (const notice of edits) pictures.push(await drawPicture(notice));
  return pictures;
}
