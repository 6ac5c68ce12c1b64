import type { Environment } from '../../config/environment.js';
import type { NotifyTarget } from '../../config/config.js';
import { readSecret } from '../../config/read-secret.js';
import { plainText } from '../notices/notice.js';

/** The result of one attempt. */
export interface Delivery {
  /** `later`: the cause is expected to pass. `refused`: another try would end the same. */
  readonly kind: 'taken' | 'later' | 'refused';
  /** The answer, for people, without secrets. */
  readonly answer: string;
  /** How long the target wants to be left alone; null: it does not say. */
  readonly retryAfterMs: number | null;
}

/** @returns that another try would end the same. */
export function refused(answer: string): Delivery {
  return { kind: 'refused', answer, retryAfterMs: null };
}

/** @returns that a target is in a private network, where it may not be. */
export function forbidden(hostname: string): Delivery {
  return refused(`${hostname} is no public address; allowPrivate: true lets it be one`);
}

/** Longest answer that is kept, in UTF-16 units. */
const ANSWER_MAX = 200;

/** @returns the answer without secrets that it may repeat, so that it can be shown. Pure. */
export function shownAnswer(answer: string, secrets: readonly (string | null)[]): string {
  const known = secrets.flatMap((secret) => (secret === null || secret.length < 4 ? [] : [secret]));
  const hidden = known.reduce((text, secret) => text.replaceAll(secret, '***'), answer);
  return plainText(hidden, ANSWER_MAX);
}

/** @returns the target with its secrets in place of the settings that say where to read them. @throws {UsageError} `config.secret` */
export function withSecrets(target: NotifyTarget, environment: Pick<Environment, 'settings'>): NotifyTarget {
  const { name, url, secret, token } = target;
  const read = (text: string, key: string): string => readSecret(text, `notify.targets.${name}.${key}`, environment);
  return {
    ...target,
    url: read(url, 'url'),
    secret: secret === null ? null : read(secret, 'secret'),
    token: token === null ? null : read(token, 'token'),
  };
}
