import type { BackfillEstimate, EditionEstimate } from '../../app/crawl/estimate-backfill.js';
import type { Output } from './text-output.js';

/** What a back-fill will take, edition by edition, as rows of a table. */
export function estimateTable({
  editions,
  listRequests,
  pages,
  hours,
}: BackfillEstimate): Parameters<Output['table']>[0] {
  const days = editions.reduce((sum, one) => sum + one.days, 0);
  return [
    ['edition', 'from', 'days', 'list requests', 'pages', 'hours'],
    ...editions.map((one) => [one.edition, one.from ?? '?', one.days, one.listRequests, one.pages, one.hours]),
    ['all', '', days, listRequests, pages, hours],
  ];
}

const BEGIN_WORDS: Readonly<Record<EditionEstimate['beginKnownFrom'], string | null>> = {
  index: null,
  asked: 'its index does not tell where the archive begins: the day that was asked for is taken',
  corpus: 'its index does not tell where the archive begins: the first known page is taken',
  nothing: 'nobody knows where its archive begins: name a day with --since',
};
const RATE_WORDS: Readonly<Record<EditionEstimate['pagesPerDayFrom'], string>> = {
  history: 'as on the days that were read to their end',
  otherEditions: 'as other editions have, since no day of it was read yet',
  assumption: 'assumed, since no day of any edition was read yet',
};

/** On what the figures rest. */
export function describeEstimate({ editions, delayMs, places }: BackfillEstimate): string[] {
  const ofEditions = editions.flatMap(({ edition, pagesPerDay, pagesPerDayFrom, unreachable, beginKnownFrom }) => {
    const begin = unreachable === null ? BEGIN_WORDS[beginKnownFrom] : `it is out of reach (${unreachable})`;
    const rate = `${pagesPerDay} pages a day, ${RATE_WORDS[pagesPerDayFrom]}`;
    return [`  ${edition}: ${rate}`, ...(begin === null ? [] : [`  ${edition}: ${begin}`])];
  });
  return [
    '',
    `Assumed: a request every ${delayMs} ms to each host (politeness.delayMs), ${places} days at a time (workers.backfillConcurrency),`,
    'no Crawl-delay, no failures; what is newest goes first meanwhile. Pages that were fetched before are not counted.',
    ...ofEditions,
  ];
}
