import { statSync } from 'node:fs';
import { UsageError } from '../domain/errors.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { readFileAtOnce } from '../platform/read-limited.js';
import type { Environment } from './environment.js';
import { SECRET_REFERENCE } from './notify-schema.js';

const FILE_BYTES_MAX = 4_096;

/**
 * Reads a secret from where the settings say that it stands, each time it is used: one that was exchanged counts at once.
 *
 * @param text  `env:SPUTNIK_SECRET_…`, `file:/path`, or the secret itself.
 * @param what  Whose it is, for the message: `notify.targets.desk.url`.
 * @throws {UsageError} `config.secret` where there is none; the message holds nothing of it.
 */
export function readSecret(text: string, what: string, { settings }: Pick<Environment, 'settings'>): string {
  if (!SECRET_REFERENCE.test(text)) return text;
  const [kind = '', place = ''] = text.split(/:(.*)/s, 2);
  if (kind === 'env') return secretIn(settings[place] ?? '', `${what} is to stand in the variable ${place}`);
  const where = `${what} is to stand in the file ${place}`;
  return secretIn(readSmallFile(place, where), where);
}

function secretIn(value: string, where: string): string {
  const secret = value.trim();
  return secret === '' ? refuse(where, 'holds nothing') : secret;
}

/** A pipe in place of the file is not waited for: the service would stand still. */
function readSmallFile(path: string, where: string): string {
  try {
    const { size } = statSync(path);
    if (size <= FILE_BYTES_MAX) return readFileAtOnce(path).toString('utf8');
  } catch (error) {
    return refuse(where, `cannot be read (${systemCodeOf(error) ?? String(error)})`);
  }
  return refuse(where, `has more than ${FILE_BYTES_MAX} bytes`);
}

function refuse(where: string, why: string): never {
  throw new UsageError(`${where}, which ${why}`, {
    code: 'config.secret',
    hint: 'docs/notifications.md says how secrets are given',
  });
}
