import type CronParser from 'cron-parser';
import { createRequire } from 'node:module';
import { z } from 'zod';

const require = createRequire(import.meta.url);

/** The description of a setting, used by `describeSettings`, by messages and by docs/configuration.md. */
export interface SettingNotes {
  /** The allowed values, with their unit: `a whole number of milliseconds, 0 to 3600000`. */
  readonly allowed: string;
  /** What the setting does, and the effect of a higher or lower value. */
  readonly meaning: string;
  /** How it is masked wherever settings are shown: all of it, or user, password and query of its addresses. */
  readonly secret: Secrecy;
}

export type Secrecy = 'none' | 'credentials' | 'whole';

/** @returns the notes of a setting, or null for a section. */
export function notesOf(schema: z.ZodType): SettingNotes | null {
  const described = schema.def.type === 'optional' ? ((schema as z.ZodOptional).unwrap() as z.ZodType) : schema;
  const meta = described.meta() as Partial<SettingNotes> | undefined;
  return meta?.allowed === undefined ? null : { meaning: '', secret: 'none', ...meta, allowed: meta.allowed };
}

function noted<T extends z.ZodType>(schema: T, notes: Omit<SettingNotes, 'secret'> & { readonly secret?: Secrecy }): T {
  return schema.meta({ ...notes });
}

/** A group of settings; keys that it does not name are refused. */
export function section<T extends z.core.$ZodLooseShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, { error: 'expected a section of settings (key: value)' });
}

export function whole(unit: string | null, min: number, max: number, meaning: string): z.ZodInt {
  const allowed = `a whole number${unit === null ? '' : ` of ${unit}`}, ${min} to ${max}`;
  return noted(z.int(allowed).min(min, allowed).max(max, allowed), { allowed, meaning });
}

export function fraction(min: number, max: number, meaning: string): z.ZodNumber {
  const allowed = `a number, ${min} to ${max}`;
  return noted(z.number(allowed).min(min, allowed).max(max, allowed), { allowed, meaning });
}

export function yesOrNo(meaning: string): z.ZodBoolean {
  const allowed = 'true or false';
  return noted(z.boolean(allowed), { allowed, meaning });
}

export function oneOf<const T extends readonly string[]>(
  values: T,
  meaning: string,
): z.ZodEnum<z.core.util.ToEnum<T[number]>> {
  const allowed = `one of ${values.join(', ')}`;
  return noted(z.enum(values, allowed), { allowed, meaning });
}

/** Text that passes a check; `allowed` says which. */
export function checked(
  allowed: string,
  isAllowed: (text: string) => boolean,
  meaning: string,
  secret: Secrecy = 'none',
): z.ZodString {
  return noted(z.string(allowed).refine(isAllowed, allowed), { allowed, meaning, secret });
}

/** The same, or null. */
export function checkedOrNull(
  allowed: string,
  isAllowed: (text: string) => boolean,
  meaning: string,
  secret: Secrecy = 'none',
): z.ZodNullable<z.ZodString> {
  const said = `${allowed}, or null`;
  return noted(z.string(said).refine(isAllowed, said).nullable(), { allowed: said, meaning, secret });
}

/** A list without repeats whose members pass `member`. */
export function listSetting<T extends z.ZodType>(
  member: T,
  allowed: string,
  length: { readonly min: number; readonly max: number },
  meaning: string,
  secret: Secrecy = 'none',
): z.ZodArray<T> {
  const said = `a list of ${allowed}, ${length.min} to ${length.max} of them, none twice`;
  const list = z.array(member, said).min(length.min, said).max(length.max, said);
  const unique = list.refine(
    (members) => new Set(members.map((one) => JSON.stringify(one))).size === members.length,
    said,
  );
  return noted(unique, { allowed: said, meaning, secret });
}

/** Waits after the first failure, the second and so on; several may be as long. */
export function waitsSetting<T extends z.ZodType>(
  member: T,
  unit: string,
  length: { readonly min: number; readonly max: number },
  meaning: string,
): z.ZodArray<T> {
  const said = `a list of ${unit}, ${length.min} to ${length.max} of them`;
  return noted(z.array(member, said).min(length.min, said).max(length.max, said), {
    allowed: said,
    meaning,
    secret: 'none',
  });
}

/** Minutes and hours of every day: all that the defaults say. Loading the parser for them would cost each start some 25 ms. */
const EVERY_DAY = /^(?<minutes>\*(?:\/[1-5]0?)?|[1-5]?\d(?:,[1-5]?\d)*) (?:\*|1?\d|2[0-3]) \* \* \*$/;

function isEveryDay(text: string): boolean {
  const minutes = EVERY_DAY.exec(text)?.groups?.['minutes']?.split(',');
  return minutes !== undefined && new Set(minutes).size === minutes.length;
}

/** @returns Whether BullMQ's own parser takes the expression, of 5 or 6 fields, and it ever comes due. */
export function isCron(text: string): boolean {
  if (isEveryDay(text)) return true;
  const fields = text.trim().split(/\s+/);
  // `H` is a random minute in that parser; a schedule here is the same in every process.
  if (fields.length < 5 || fields.length > 6 || fields.some((field) => /(?:^|,)H/.test(field))) return false;
  const { CronExpressionParser } = require('cron-parser') as typeof CronParser;
  try {
    CronExpressionParser.parse(text, { currentDate: new Date(0), tz: 'UTC' }).next();
    return true;
  } catch {
    return false;
  }
}

/** Those that have no other name; to ask for any of the rest costs each start some 10 ms. */
const ZONES = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);

/** @returns Whether it names an IANA time zone that this Node knows. */
export function isTimeZone(text: string): boolean {
  if (ZONES.has(text)) return true;
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
}

/** @returns Whether it is a host name in lower case, without port and trailing dot. */
export function isHostName(text: string): boolean {
  return (
    text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/.test(text)
  );
}

/** @returns Whether it is `http://host[:port]` or `https://…` and nothing more. */
export function isBareOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '' && [url.origin, `${url.origin}/`].includes(text.toLowerCase());
}

/** @returns Whether it is an absolute path on a host, without query, fragment and dot segments. */
export function isSitePath(text: string): boolean {
  return (
    text.length <= 2048 &&
    /^\/(?!\/)[^\s?#\\]*$/.test(text) &&
    new URL(text, 'https://a.example').hostname === 'a.example'
  );
}

export function isUrlOf(protocols: readonly string[]): (text: string) => boolean {
  return (text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return protocols.includes(url.protocol) && url.hostname !== '' && isDecodable(url.username + url.password);
  };
}

/** A `%` of a password is written `%25`; libraries throw at one that stands alone. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false; // not a percent-encoding of UTF-8, which is what this function reports
  }
}

/** As {@link isUrlOf}, and nothing after host and port, because it would be ignored. */
export function isBareUrlOf(protocols: readonly string[]): (text: string) => boolean {
  return (text) => {
    if (!isUrlOf(protocols)(text)) return false;
    const { pathname, search, hash } = new URL(text);
    return pathname === '/' && search === '' && hash === '';
  };
}
