import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { PACKAGE_DIR } from '../../src/platform/package-dir.js';

/** A topic or another country. */
export interface CountryForms {
  /** Tag name; equal to a configured topic name for the two topics. */
  readonly tag: string;
  /** What templates ask for: `{country}` is `name`, `{country.in}` is `in`. */
  readonly forms: Readonly<Record<string, string>>;
}

/** A country that needs no more than its name is a text. */
const countrySchema = z.union([
  z.string().transform((name): CountryForms => ({ tag: name, forms: { name } })),
  z.strictObject({ tag: z.string(), forms: z.record(z.string(), z.string()) }),
]);

/** Every letter of a text, or every consonant before every vowel. */
const syllablesSchema = z.union([
  z.string().transform((letters) => Array.from(letters)),
  z
    .strictObject({ consonants: z.string(), vowels: z.string() })
    .transform(({ consonants, vowels }) =>
      Array.from(consonants).flatMap((consonant) => Array.from(vowels).map((vowel) => consonant + vowel)),
    ),
]);

const matterSchema = z.strictObject({ text: z.string(), tag: z.string() });
const textsSchema = z.array(z.string());
const pathsSchema = z.array(z.strictObject({ name: z.string(), path: z.string() }));

/** How one language writes its invented news: a file in `testsite/texts/`. Templates hold `{slots}`; see `fillTemplate`. */
const grammarSchema = z.strictObject({
  about: z.string(),
  armenia: countrySchema,
  azerbaijan: countrySchema,
  /** Off-topic countries. */
  others: z.array(countrySchema),
  /** Off-topic tags that resemble a topic: `Armenian cuisine`. */
  similarTags: textsSchema,
  rubrics: pathsSchema,
  /** Editorial labels among the tags. */
  labels: pathsSchema,
  /** What news are about, with the tag it brings. */
  matters: z.array(matterSchema),
  /** Invented persons and towns are put together from parts. */
  given: textsSchema,
  /** Drawn two or three at a time for family names and towns: names that hardly ever meet twice. */
  syllables: syllablesSchema,
  familyTails: textsSchema,
  nameJoiner: z.string(),
  townTails: textsSchema,
  /** Any further slots. */
  words: z.record(z.string(), textsSchema),
  months: z.array(z.string()).length(12),
  /** Of `{town}` or `{TOWN}`, `{day}` and `{month}` or `{mon}`; null: the edition prints none. */
  dateline: z.string().nullable(),
  datelineOn: z.enum(['lead', 'body']),
  titles: textsSchema,
  leads: textsSchema,
  sentences: textsSchema,
  quotes: textsSchema,
  headings: textsSchema,
  listItems: textsSchema,
  insets: textsSchema,
  captions: textsSchema,
  /** Pasted unchanged into many stories. */
  backgrounders: textsSchema,
  storyBoxes: z.array(z.strictObject({ name: z.string(), blurb: z.string() })),
  /** Words that the page itself prints around an article. */
  pageTexts: z.strictObject({
    follow: z.string(),
    timeline: z.string(),
    library: z.string(),
    subscribe: z.string(),
    digest: z.string(),
    more: z.string(),
    updated: z.string(),
    home: z.string(),
  }),
  /** Between sentences of one paragraph: a blank, or nothing in Chinese and Japanese. */
  gap: z.string(),
});

export type Grammar = Readonly<z.output<typeof grammarSchema>>;
export type Matter = Grammar['matters'][number];

/**
 * @param language  Name of a file in `testsite/texts/` without `.json`: `en`.
 * @throws {Error} if the file is missing or is not of the schema.
 */
export function readGrammar(language: string): Grammar {
  const file = join(PACKAGE_DIR, 'testsite', 'texts', `${language}.json`);
  return grammarSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
