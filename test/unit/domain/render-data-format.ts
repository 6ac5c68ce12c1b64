import { format, resolveConfig } from 'prettier';
import { articleJsonSchema } from '../../../src/domain/article-json-schema.js';
import { EXAMPLE_ARTICLE } from './example-article.js';

const INTRODUCTION = `# The form of the data

Each distinct article is one JSON file, \`articles/<family>/<YYYY>/<MM>/<articleId>.json\`. Articles that repeat another one exactly are
under \`duplicates/\` in the same form. Year and month are those of the first URL under which the article was seen; the file never moves.
A file is in UTF-8, indented by two spaces, with its keys in the order below. It is replaced as a whole, so that no program ever
reads half of one.

[schema/article.schema.json](../schema/article.schema.json) is the same as a JSON Schema. A new key raises \`schemaVersion\`, and the
next start of a writer upgrades records of an older form. [export.md](export.md) says what other formats make of each key.

This page is generated from the schema: \`npx vitest run test/unit/domain -u\` writes it. The example is invented.
`;

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const SCHEMA = articleJsonSchema() as Schema;

/** @returns docs/data-format.md as the schema has it, and every key that it names, `capture.etag`. */
export async function renderDataFormat(): Promise<{ readonly text: string; readonly keys: readonly string[] }> {
  const keys: string[] = [];
  const sections = Object.entries(SCHEMA.properties ?? {}).map(([key, schema]) => {
    const value = (EXAMPLE_ARTICLE as unknown as Record<string, unknown>)[key];
    keys.push(key);
    const lines = [`## \`${key}\``, '', `${schema.description ?? ''} (${typeWords(schema)})`, '', example(value)];
    const inner = objectIn(schema);
    if (inner === null) return lines.join('\n');
    const rows = Object.entries(inner.properties ?? {}).map(([name, part]) => {
      keys.push(`${key}.${name}`);
      return `| \`${name}\` | ${typeWords(part)}${part.description === undefined ? '' : `; ${part.description}`} |`;
    });
    return [...lines, '', '| key | value |', '| --- | --- |', ...rows].join('\n');
  });
  const text = `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
  const style = await resolveConfig(import.meta.filename);
  return { text: await format(text, { ...style, parser: 'markdown' }), keys };
}

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : (SCHEMA.$defs?.[name] ?? schema);
}

/** The object that a key holds, or holds a list of. */
function objectIn(schema: Schema): Schema | null {
  const whole = resolved(schema);
  if (whole.properties !== undefined) return whole;
  if (whole.items !== undefined) return objectIn(whole.items);
  for (const one of whole.anyOf ?? []) {
    const found = objectIn(one);
    if (found !== null) return found;
  }
  return null;
}

function typeWords(schema: Schema): string {
  const whole = resolved(schema);
  if (whole.const !== undefined) return `\`${JSON.stringify(whole.const)}\``;
  if (whole.enum !== undefined) return whole.enum.map((word) => `\`${JSON.stringify(word)}\``).join(', ');
  if (whole.anyOf !== undefined) return whole.anyOf.map(typeWords).join(' or ');
  if (whole.items !== undefined) return `list of ${typeWords(whole.items)}`;
  return [whole.type ?? 'any'].flat().join(' or ');
}

const INLINE_MAX = 90;

function example(value: unknown): string {
  const short = JSON.stringify(value);
  return short.length <= INLINE_MAX ? `Example: \`${short}\`` : `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}
