import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the process was started with. Made here only; everybody else is given what they need. */
export interface Environment {
  /** `REDIS_URL` and everything that begins with `SPUTNIK_`; empty ones are left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** Folders in which programs are looked for (`PATH`). */
  readonly searchPath: string;
  /** Folder for what can be fetched again: `$XDG_CACHE_HOME/sputnik-harvester`, by default under `~/.cache`. */
  readonly cacheFolder: string;
  /** `NO_COLOR` is set (no-color.org). */
  readonly noColour: boolean;
}

/** Reads the environment; the only place of the program that does. */
export function loadEnvironment(): Environment {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && value !== '' && (name === 'REDIS_URL' || name.startsWith('SPUTNIK_'))) {
      settings[name] = value;
    }
  }
  const cacheHome = process.env['XDG_CACHE_HOME'];
  return {
    settings,
    searchPath: process.env['PATH'] ?? '',
    cacheFolder: join(
      cacheHome === undefined || cacheHome === '' ? join(homedir(), '.cache') : cacheHome,
      'sputnik-harvester',
    ),
    noColour: (process.env['NO_COLOR'] ?? '') !== '',
  };
}
