import { articleSchema, type Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import { expectTodaysForm } from './record-forms.js';

/**
 * The one form in which a record is written: keys in the order of the contract, two spaces of indent, a newline at the end. Two equal
 * records are equal bytes, whatever the order in which their keys were set.
 */
export function serialiseArticle(article: Article): string {
  return `${JSON.stringify(inContractOrder(article), null, 2)}\n`;
}

/**
 * @param text   Content of a record's file.
 * @param location  Where it stands, for messages.
 * @throws {PermanentError} `record.notJson` if it is torn or no JSON, `record.invalid` if it is not of the published schema.
 * @throws {FatalError} `record.tooNew`, `record.tooOld`: a record of another form is nothing that is damaged.
 */
export function parseArticle(text: string, location = 'a record'): Article {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PermanentError(`Wanted a record as JSON, found ${text.length} characters that are none`, {
      code: 'record.notJson',
      cause: error,
    });
  }
  expectTodaysForm(value, location);
  const read = articleSchema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new PermanentError(
    `Wanted a record of the schema, found ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    {
      code: 'record.invalid',
      cause: read.error,
    },
  );
}

/**
 * @param record  As {@link parseArticle} read it from `text`.
 * @returns       Whether the text is the one form of the record.
 */
export function isCanonical(text: string, record: Article): boolean {
  // The schema hands its keys on in its own order, which is that of the contract nearly everywhere: then nothing has to be ordered anew.
  const keys = Object.keys(record.provenance);
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  return (isSorted && text === `${JSON.stringify(record, null, 2)}\n`) || text === serialiseArticle(record);
}

type Order = readonly (readonly [key: string, of?: Order])[];

const BODY: Order = [['type'], ['text']];
const TAGS: Order = [['name'], ['url'], ['kind']];
const IMAGES: Order = [['url'], ['caption'], ['credit']];
const REVISIONS: Order = [
  ...(['revision', 'seenAt', 'modifiedAt', 'title', 'lead'] as const).map((key) => [key] as const),
  ['body', BODY],
  ['tags', TAGS],
  ['contentHash'],
];
const NESTED: Readonly<Record<string, Order>> = {
  body: BODY,
  tags: TAGS,
  images: IMAGES,
  related: [['url'], ['title']],
  renditions: [
    ...(['edition', 'url', 'language', 'title', 'lead'] as const).map((key) => [key] as const),
    ['body', BODY],
    ['publishedAt'],
    ['contentHash'],
    ['seenAt'],
    ['revisions', REVISIONS],
  ],
  revisions: REVISIONS,
  pictures: [['seenAt'], ['images', IMAGES]],
  duplicateOf: [['id'], ['kind'], ['similarity']],
  capture: (['file', 'offset', 'length', 'sha256', 'fetchedAt', 'status', 'etag', 'lastModified', 'via'] as const).map(
    (key) => [key] as const,
  ),
  extractor: [['name'], ['version']],
};
const ARTICLE: Order = Object.keys(articleSchema.shape).map((key) => {
  const nested = NESTED[key];
  return nested ? ([key, nested] as const) : ([key] as const);
});

function inContractOrder(article: Article): unknown {
  const ordered = order(article, ARTICLE) as Record<string, unknown>;
  const provenance = Object.entries(article.provenance).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...ordered, provenance: Object.fromEntries(provenance) };
}

function order(value: unknown, keys: Order): unknown {
  if (Array.isArray(value)) return value.map((item) => order(item, keys));
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const [key, nested] of keys) {
    if (source[key] !== undefined) result[key] = nested ? order(source[key], nested) : source[key];
  }
  return result;
}
