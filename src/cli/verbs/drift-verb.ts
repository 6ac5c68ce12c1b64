import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import { isKey, type PageId } from '../../domain/page.js';
import { EXIT } from '../../platform/exit-codes.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import type { DriftReport } from '../../store/drift/drift-report.js';
import { describeDrift } from '../../store/drift/find-drift.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

export function addDriftVerb(command: Command): void {
  command
    .description(
      'Lists fields of articles that are found less often than before, or saves a page that shows the change.',
    )
    .addHelpText(...examples('sputnik drift', 'sputnik drift save big5.sputniknews.cn/1049499304'));
  command
    .command('list', { isDefault: true })
    .summary('how often each field is found, and where it is found less often (default)')
    .description(
      'Shows how often each field is found, per edition and extractor, over the last 30 days on which pages were read, ' +
        'and where a rate has fallen. A fall means that the site has changed and that the extractor must be updated.',
    )
    .addHelpText(...examples('sputnik drift', 'sputnik drift list --json'))
    .action(runVerb(list));
  command
    .command('save')
    .summary('save a page as a draft for the golden-page tests')
    .description(
      'Writes a folder for the golden-page tests: page.html as captured, and expected.json with what is known of the article.',
    )
    .argument('<page>', 'edition and id (as listed by `drift`), or a URL')
    .option('-o, --output <dir>', 'the folder to write to', '.')
    .addHelpText(
      ...examples(
        'sputnik drift save big5.sputniknews.cn/1049499304',
        'sputnik drift save sputniknews.cn/1049499304 -o fixtures',
      ),
    )
    .action(runVerb(save));
}

const list: VerbAction<object> = ({ config, output }) =>
  withCatalogue(config, (queries) => {
    const report = queries.drift();
    tellRates(report, output);
    tellAlarms(report, output);
    output.document(report satisfies Documents['drift']);
    return EXIT.done;
  });

/** Told last, below a table of any length. */
function tellAlarms({ alarms }: DriftReport, output: Output): void {
  if (alarms.length === 0) output.line('No field is found less often than before.');
  for (const drift of alarms) {
    output.line(describeDrift(drift));
    for (const { pageId, url } of drift.examples) output.line(`  sputnik drift save ${pageId}   # ${url}`);
  }
}

function tellRates({ rates }: DriftReport, output: Output): void {
  const totals = new Map<string, { row: [string, string, string]; filled: number; total: number }>();
  for (const { edition, reader, field, filled, total } of rates) {
    const row: [string, string, string] = [edition, reader ?? '(any)', field];
    const before = totals.get(row.join(' ')) ?? { row, filled: 0, total: 0 };
    totals.set(row.join(' '), { row, filled: before.filled + filled, total: before.total + total });
  }
  if (totals.size === 0) return;
  output.table([
    [{ title: 'edition', cutTo: 12 }, { title: 'extractor', cutTo: 10, drop: 1 }, 'field', 'found', 'pages'],
    ...[...totals.values()].map(({ row, filled, total }) => [...row, `${Math.round((100 * filled) / total)} %`, total]),
  ]);
  output.line();
}

const save: VerbAction<{ readonly output: string }> = ({ config, output }, options, [word = '']) =>
  withCatalogue(config, async (queries) => {
    const { saveDriftPage } = await import('../../app/maintenance/save-drift-page.js');
    const saved = await saveDriftPage(pageIdOf(word, config), options.output, { config, queries });
    output.line(`${saved.folder} was written. Check every field of expected.json against the page:`);
    if (saved.lastKnown.length > 0)
      output.line(`  last known value, not found any more: ${saved.lastKnown.join(', ')}`);
    if (saved.empty.length > 0) output.line(`  empty: ${saved.empty.join(', ')}`);
    output.line('The text is the agency’s: replace its sentences by invented ones before the page is shared.');
    output.document(saved satisfies Documents['drift-save']);
    return EXIT.done;
  });

/** @throws {UsageError} `usage.unknownAddress`. */
function pageIdOf(word: string, config: Config): PageId {
  if (isKey(word)) return word;
  const url = createUrlRules(config.editions).parse(word);
  if (url !== null) return url.pageId;
  throw new UsageError(`${word} is neither edition and id of a page nor the URL of an article`, {
    code: 'usage.unknownAddress',
    hint: '`sputnik drift` lists pages that show a fall',
  });
}
