import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../domain/errors.js';
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
  const value = kind === 'env' ? settings[place] : readSmallFile(place);
  if (value !== undefined && value.trim() !== '') return value.trim();
  throw new UsageError(
    `${what} is to stand in ${kind === 'env' ? 'the variable' : 'the file'} ${place}, which holds nothing`,
    {
      code: 'config.secret',
      hint: 'docs/notifications.md says how secrets are given',
    },
  );
}

/** @returns undefined where there is none, or one of more than 4,096 bytes. */
function readSmallFile(path: string): string | undefined {
  try {
    return statSync(path).size > FILE_BYTES_MAX ? undefined : readFileSync(path, 'utf8');
  } catch {
    // Missing or not readable: told by the caller.
    return undefined;
  }
}
