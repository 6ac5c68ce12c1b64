import { UsageError } from '../domain/errors.js';

/** One thing that is wrong with the settings. */
export interface SettingProblem {
  /** File (with the line where it is known), environment variable or flag. */
  readonly origin: string;
  /** What is wrong, with key, value and what is allowed. */
  readonly text: string;
}

const PROBLEMS_SHOWN_MAX = 50;

/**
 * Refuses the settings with all that is wrong at once.
 *
 * @throws {UsageError} `config.invalid`
 */
export function refuseSettings(problems: readonly SettingProblem[]): never {
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map(({ origin, text }) => `  ${origin}: ${text}`);
  const left = problems.length - shown.length;
  if (left > 0) shown.push(`  and ${left} more`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw new UsageError(`the settings are refused, ${count}:\n${shown.join('\n')}`, {
    code: 'config.invalid',
    hint: 'docs/configuration.md names every setting; `sputnik config check FILE` checks a file',
  });
}
