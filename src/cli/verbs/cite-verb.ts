import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.js';
import { citeArticle, CITATION_STYLES } from '../../export/cite-article.js';
import { writeFileAtomically } from '../../platform/atomic-files.js';
import { EXIT } from '../../platform/exit-codes.js';
import { findArticle } from '../arguments/find-article.js';
import { parseChoice } from '../arguments/parse-options.js';
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
      'Prints a reference to an article. With --packet, it also packs the record, its captures, digests and ' +
        'the schema into one ZIP file, which `sputnik verify --packet` can check without a data directory.',
    )
    .argument('<id>', 'id (sputniknews.cn/1049499304 or 1049499304) or URL')
    .option('--style <name>', `${CITATION_STYLES.join(', ')}; default gb-t-7714`)
    .option('--packet <file>', 'write the packet to this file, which must not exist yet')
    .addHelpText(...examples('sputnik cite 1049499304 --style apa', 'sputnik cite 1049499304 --packet 1049499304.zip'))
    .action(runVerb(cite));
}

const cite: VerbAction<CiteOptions> = ({ config, output }, options, [word = '']) =>
  withCatalogue(config, async (queries) => {
    const article = findArticle(word, config, queries);
    const style = parseChoice(options.style, CITATION_STYLES, '--style', 'gb-t-7714');
    const timeZone = config.editions.find(({ id }) => id === article.edition)?.timeZone ?? 'UTC';
    const citation = citeArticle(article, style, timeZone);
    output.line(citation);
    const file = options.packet === undefined ? null : resolve(options.packet);
    if (file !== null) {
      const { packArticle } = await import('../../app/packet/packet.js');
      if (existsSync(file)) {
        throw new UsageError(`--packet ${file}: something is there already`, {
          code: 'usage.output',
          hint: 'name a new file',
        });
      }
      const packet = packArticle(article, { dataDir: config.dataDir, queries });
      await writeFileAtomically(file, Buffer.from(packet));
      output.lines([
        `Packed into ${file} (${packet.length} bytes). This proves it:`,
        `  sputnik verify --packet ${options.packet ?? file}`,
      ]);
    }
    output.document({ id: article.id, style, citation, packet: file } satisfies Documents['cite']);
    return EXIT.done;
  });
