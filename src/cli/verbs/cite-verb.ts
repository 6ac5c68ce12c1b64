import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.js';
import { citeArticle, CITATION_STYLES } from '../../export/cite-article.js';
import { EXIT } from '../../platform/exit-codes.js';
import { findArticle } from '../arguments/find-article.js';
import { parseChoices } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents } from '../output/documents.js';

interface CiteOptions {
  readonly style?: string;
  readonly packet?: string;
}

export function addCiteVerb(command: Command): void {
  command
    .description(
      'Prints a reference to the article; with --packet also packs record, captures, digests and schema into one ZIP, which ' +
        '`sputnik verify --packet` proves without any data directory.',
    )
    .argument('<id>', 'an id (sputniknews.cn/1049499304 or 1049499304) or an address')
    .option('--style <name>', `${CITATION_STYLES.join(', ')}; default gb-t-7714`)
    .option('--packet <file>', 'write the packet into this file, which must not exist')
    .addHelpText(
      'after',
      examples('sputnik cite 1049499304 --style apa', 'sputnik cite 1049499304 --packet 1049499304.zip'),
    )
    .action(runVerb(cite));
}

const cite: VerbAction<CiteOptions> = ({ config, output }, options, [word = '']) =>
  withCatalogue(config, async (queries) => {
    const article = findArticle(word, config, queries);
    const words = options.style === undefined ? ['gb-t-7714'] : [options.style];
    const [style = 'gb-t-7714'] = parseChoices(words, CITATION_STYLES, '--style') ?? [];
    const timeZone = config.editions.find(({ id }) => id === article.edition)?.timeZone ?? 'UTC';
    const citation = citeArticle(article, style, timeZone);
    output.lines(citation.split('\n'));
    const file = options.packet === undefined ? null : resolve(options.packet);
    if (file !== null) {
      const [{ existsSync }, { packArticle }, { writeFileAtomically }] = await Promise.all([
        import('node:fs'),
        import('../../app/packet/write-packet.js'),
        import('../../platform/atomic-files.js'),
      ]);
      if (existsSync(file)) {
        throw new UsageError(`--packet ${file}: something is there already`, {
          code: 'usage.output',
          hint: 'name a new file',
        });
      }
      const packet = packArticle(article, { dataDir: config.dataDir, queries });
      await writeFileAtomically(file, Buffer.from(packet));
      output.line(`Packed into ${file} (${packet.length} bytes); \`sputnik verify --packet ${file}\` proves it.`);
    }
    output.document({ id: article.id, style, citation, packet: file } satisfies Documents['cite']);
    return EXIT.done;
  });
