import type { Article } from '../domain/article.js';

/** What a data set says of how it was made. */
export interface DatasetOrigin {
  /** Name and version of the program. */
  readonly software: string;
  /** The command with its filters. */
  readonly command: string;
  /** UTC instant. */
  readonly madeAt: string;
}

/** Who may do what with the texts; docs/legal.md says more. */
export const NOTICE = `# Rights

The articles are works of the agency that published them (see \`copyrightHolder\` and \`url\` of each) and of its authors. This data set
grants no rights in them. What you may do with them (read, analyse, quote, publish) depends on the law where you are; many countries have
an exception for research or for text and data mining. Ask the agency before you publish whole texts.

The form of the data set, this text among it, is free to use (MIT).
`;

/** Counts what a data set holds, as it is written. */
export class DatasetCounts {
  articles = 0;
  repeating = 0;
  withdrawn = 0;
  edited = 0;
  first: string | null = null;
  last: string | null = null;
  readonly editions = new Map<string, number>();
  readonly languages = new Map<string, number>();
  readonly topics = new Map<string, number>();
  readonly formats = new Map<string, number>();

  add({ edition, language, topics, format, publishedAt, duplicateOf, goneAt, revisions }: Article): void {
    this.articles += 1;
    if (duplicateOf !== null) this.repeating += 1;
    if (goneAt !== null) this.withdrawn += 1;
    if (revisions.length > 0) this.edited += 1;
    if (publishedAt !== null && (this.first === null || publishedAt < this.first)) this.first = publishedAt;
    if (publishedAt !== null && (this.last === null || publishedAt > this.last)) this.last = publishedAt;
    const tallies: readonly (readonly [Map<string, number>, string])[] = [
      [this.editions, edition],
      [this.languages, language],
      [this.formats, format],
      ...topics.map((topic) => [this.topics, topic] as const),
    ];
    for (const [tally, name] of tallies) tally.set(name, (tally.get(name) ?? 0) + 1);
  }
}

/** @returns the data set's README: metadata that `datasets` reads, then text for people. Pure. */
export function dataCard(counts: DatasetCounts, { software, command, madeAt }: DatasetOrigin): string {
  const languages = [...new Set([...counts.languages.keys()].map((language) => language.split('-')[0]))].sort();
  return `---
pretty_name: Articles of the Sputnik agency
language: [${languages.join(', ')}]
license: other
configs:
  - config_name: default
    data_files: data/articles.parquet
---

# Articles of the Sputnik agency

${counts.articles} articles, published from ${counts.first ?? 'an unknown time'} to ${counts.last ?? 'an unknown time'}; ${counts.repeating} of them
repeat another, exactly or nearly (\`duplicateOf\`), ${counts.edited} were edited after publication, ${counts.withdrawn} have been withdrawn.

Made on ${madeAt} by ${software}:

    ${command}

| file | what it is |
| --- | --- |
| \`data/articles.parquet\` | one row per article, oldest first; lists and structures are nested, instants are timestamps in UTC |
| \`data/articles.ndjson\` | the same articles, whole: earlier states, renditions and provenance too |
| \`article.schema.json\` | the JSON Schema of a line of \`articles.ndjson\` |
| \`NOTICE.md\` | rights |
| \`SHA256SUMS\` | digests: \`sha256sum -c SHA256SUMS\` |

Articles were collected from the public pages of the agency's editions: those whose tags name a topic. Each was visited again later; what
changed is kept as earlier states. \`contentHash\` is of title, lead and text; \`capture\` names the response as received.

${tableOf('edition', counts.editions)}
${tableOf('topic', counts.topics)}
${tableOf('language', counts.languages)}
${tableOf('format', counts.formats)}
`;
}

function tableOf(name: string, tally: ReadonlyMap<string, number>): string {
  const rows = [...tally].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return [
    `| ${name} | articles |`,
    '| --- | ---: |',
    ...rows.map(([value, count]) => `| ${value} | ${count} |`),
    '',
  ].join('\n');
}
