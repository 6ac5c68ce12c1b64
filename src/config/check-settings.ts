import type { z } from 'zod';
import { nearestName } from '../domain/nearest-name.js';
import {
  guessed,
  isTree,
  originAt,
  refuseSettings,
  type MergedSettings,
  type SettingProblem,
} from './config-layers.js';
import { sectionShape, settingsSchema } from './config-schema.js';
import { SECRET_REFERENCE } from './notify-schema.js';
import { notesOf } from './setting-kinds.js';

/** As they stand in the files: editions and topics are not yet complete. */
export type Settings = z.infer<typeof settingsSchema>;

const VALUE_LENGTH_MAX = 80;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/**
 * Checks the merged settings against the schema and against each other.
 *
 * @returns the settings, typed.
 * @throws {UsageError} `config.invalid` with every problem: its location, key, value and what is allowed.
 */
export function checkSettings(merged: MergedSettings): Settings {
  // Read once: code made for the schema would cost more than it spares.
  const parsed = settingsSchema.safeParse(merged.values, { jitless: true });
  if (!parsed.success) return refuseSettings(parsed.error.issues.flatMap((issue) => problemsOf(issue, merged)));
  const problems = [
    ...ownHostProblems(parsed.data, merged),
    ...hostProblems(parsed.data, merged),
    ...topicProblems(parsed.data, merged),
    ...webProblems(parsed.data, merged),
    ...notifyProblems(parsed.data, merged),
  ];
  return problems.length === 0 ? parsed.data : refuseSettings(problems);
}

function problemsOf(issue: z.core.$ZodIssue, merged: MergedSettings): SettingProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return unknownKeys(path, issue.keys, merged);
  const origin = originAt(merged.origins, path);
  const key = path.join('.');
  if (issue.code === 'invalid_key') {
    return [{ origin, text: `${key}: ${issue.issues.map(({ message }) => message).join(', ')}` }];
  }
  const value = valueAt(merged.values, path);
  const wanted = /^expected/.test(issue.message) ? issue.message : `expected ${issue.message}`;
  const found = value === undefined ? 'is missing' : `is ${shown(value, path)}`;
  return [{ origin, text: `${key} ${found}; ${wanted}` }];
}

function unknownKeys(section: readonly string[], keys: readonly string[], merged: MergedSettings): SettingProblem[] {
  const known = Object.keys(sectionShape(schemaAt(section) ?? settingsSchema) ?? {});
  return keys.map((key) => ({
    origin: () => originAt(merged.origins, [...section, key]),
    text: () =>
      `${[...section, key].join('.')} is no setting; there are ${known.join(', ')}${guessed(nearestName(key, known))}`,
  }));
}

/** An edition's id is one of its hosts of today, and no host is of today and of earlier at once. */
function ownHostProblems({ editions }: Settings, merged: MergedSettings): SettingProblem[] {
  return Object.entries(editions).flatMap(([id, { hosts = [id], formerHosts = [] }]) => {
    const problem = (key: string, text: string): SettingProblem => ({
      origin: originAt(merged.origins, ['editions', id, key]),
      text: `editions.${id}.${key} ${text}`,
    });
    const both = hosts.filter((host) => formerHosts.includes(host));
    return [
      ...(hosts.includes(id) ? [] : [problem('hosts', `is ${shown(hosts, [])}; expected ${id} among them`)]),
      ...(both.length === 0 ? [] : [problem('formerHosts', `names ${both.join(', ')}, which hosts names too`)]),
    ];
  });
}

/** A host can belong to one edition only: its addresses would have two identities. */
function hostProblems({ editions }: Settings, merged: MergedSettings): SettingProblem[] {
  const owners = new Map<string, { readonly id: string; readonly origin: () => string }>();
  const problems: SettingProblem[] = [];
  for (const [id, { hosts = [id], formerHosts = [] }] of Object.entries(editions)) {
    for (const host of new Set([id, ...hosts, ...formerHosts])) {
      const key = formerHosts.includes(host) ? 'formerHosts' : 'hosts';
      const origin = (): string => originAt(merged.origins, ['editions', id, key]);
      const owner = owners.get(host);
      if (owner === undefined) owners.set(host, { id, origin });
      else
        problems.push({
          origin,
          text: `host ${host} is claimed by edition ${id} and by ${owner.id} (${owner.origin()})`,
        });
    }
  }
  return problems;
}

function topicProblems({ editions, topics }: Settings, merged: MergedSettings): SettingProblem[] {
  return Object.entries(editions).flatMap(([id, { tagPages = {} }]) =>
    Object.keys(tagPages)
      .filter((topic) => !Object.hasOwn(topics, topic))
      .map((topic) => ({
        origin: originAt(merged.origins, ['editions', id, 'tagPages', topic]),
        text: `editions.${id}.tagPages.${topic} names no topic; there are ${Object.keys(topics).join(', ')}`,
      })),
  );
}

function webProblems({ web }: Settings, merged: MergedSettings): SettingProblem[] {
  if (web.token !== null || LOOPBACK.test(web.host)) return [];
  const text = `web.host is ${shown(web.host, [])}; expected loopback (127.0.0.1, ::1, localhost), or web.token as well`;
  return [{ origin: originAt(merged.origins, ['web', 'host']), text }];
}

/** A rule names targets that there are, and a target has what its form needs. */
function notifyProblems({ notify }: Settings, merged: MergedSettings): SettingProblem[] {
  const problem = (path: readonly string[], text: string): SettingProblem => ({
    origin: originAt(merged.origins, ['notify', ...path]),
    text: `notify.${path.join('.')} ${text}`,
  });
  const known = Object.keys(notify.targets);
  const unknown = Object.entries(notify.rules).flatMap(([rule, { to }]) =>
    to
      .filter((name) => !known.includes(name))
      .map((name) => problem(['rules', rule, 'to'], `names no target ${name}; there are ${known.join(', ')}`)),
  );
  const lacking = Object.entries(notify.targets).flatMap(([name, target]) =>
    lackOf(target).map(({ key, wanted }) =>
      problem(['targets', name, key], `does not fit form ${target.form}; expected ${wanted}`),
    ),
  );
  return [...unknown, ...lacking];
}

function lackOf({
  form,
  url,
  chat,
  from,
  to = [],
}: Settings['notify']['targets'][string]): { readonly key: string; readonly wanted: string }[] {
  const isMail = form === 'email';
  const isFit = SECRET_REFERENCE.test(url) || url.startsWith('smtp') === isMail;
  return [
    { key: 'url', wanted: isMail ? 'smtp(s)://…' : 'http(s)://…', isThere: isFit },
    { key: 'chat', wanted: 'the chat', isThere: form !== 'telegram' || (chat ?? null) !== null },
    { key: 'from', wanted: 'the sender', isThere: !isMail || (from ?? null) !== null },
    { key: 'to', wanted: 'one recipient or more', isThere: !isMail || to.length > 0 },
  ].filter(({ isThere }) => !isThere);
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, values);
}

/** @returns the schema at a path; null inside a value. */
function schemaAt(path: readonly string[]): z.ZodType | null {
  return path.reduce<z.ZodType | null>((schema, key) => {
    if (schema === null) return null;
    if (schema.def.type === 'record') return (schema as z.ZodRecord).valueType as z.ZodType;
    if (schema.def.type === 'array') return (schema as z.ZodArray).element as z.ZodType;
    return sectionShape(schema)?.[key] ?? null;
  }, settingsSchema);
}

function shown(value: unknown, path: readonly string[]): string {
  if (path.some((_key, at) => isSecret(path.slice(0, at + 1)))) return 'a value that is kept secret';
  const text = JSON.stringify(value);
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
}

function isSecret(path: readonly string[]): boolean {
  const schema = schemaAt(path);
  return schema !== null && (notesOf(schema)?.secret ?? 'none') !== 'none';
}
