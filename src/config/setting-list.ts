import type { z } from 'zod';
import { settingsSchema } from './config-schema.js';
import { notesOf, type SettingNotes } from './setting-kinds.js';

/** One setting of the schema, without those of single editions and topics. */
export interface SettingEntry extends SettingNotes {
  readonly path: readonly string[];
  /** The environment variable that sets it. */
  readonly variable: string;
  readonly schema: z.ZodType;
}

/** Every setting outside `editions` and `topics`, in the order of the schema. */
export const SETTING_LIST: readonly SettingEntry[] = Object.entries(settingsSchema.shape)
  .filter(([key]) => key !== 'editions' && key !== 'topics')
  .flatMap(([key, schema]) => entriesOf(schema, [key]));

function entriesOf(schema: z.ZodType, path: readonly string[]): SettingEntry[] {
  const notes = notesOf(schema);
  if (notes !== null) return [{ ...notes, path, schema, variable: variableOf(path) }];
  return Object.entries(sectionShape(schema) ?? {}).flatMap(([key, inner]) => entriesOf(inner, [...path, key]));
}

/** @returns the keys of a section and what may stand there, or null for a value. */
export function sectionShape(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | null {
  return 'shape' in schema ? (schema.shape as Record<string, z.ZodType>) : null;
}

/** `redis.url` → `REDIS_URL`, as everybody's tools call it; `politeness.delayMs` → `SPUTNIK_POLITENESS_DELAY_MS`. */
function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/[A-Z]/g, '_$&')).join('_');
  const name = words.toUpperCase();
  return name === 'REDIS_URL' ? name : `SPUTNIK_${name}`;
}
