import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';
import { readStoredArticles } from './stored-articles.js';

const EDITION = 'am.sputniknews.ru';

let testSite: TestSite;
let workplace: Workplace;

beforeAll(async () => {
  testSite = await startTestSite({ seed: 17, stories: 12, clock: systemClock, editions: [EDITION] });
  workplace = await createWorkplace({
    ...testSiteSettings(testSite),
    web: { port: 0 },
    schedules: { newest: { cron: '* * * * * *' } },
  });
});

afterAll(async () => {
  await testSite.stop();
  await workplace.remove();
});

/** Starts `serve`. @returns where it listens, and what kills it. */
async function serve() {
  const service = workplace.start(['serve', '--json']);
  let said = '';
  service.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = finished(service);
  const origin = await eventually(() => /"origin":\s*"([^"]+)"/.exec(said)?.[1] ?? null, 30_000);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    service.kill(signal);
    await ended;
  };
  return { origin, kill };
}

interface Heard {
  readonly id: string;
  readonly name: string;
  /** Empty: a run. */
  readonly article: string;
}

/** Adds the events of a stream to a list, as they come, until the server is gone. */
async function follow(origin: string, lastEventId: string, events: Heard[]): Promise<void> {
  const response = await fetch(`${origin}/api/events`, { headers: { 'last-event-id': lastEventId } });
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const [, id = '', name = '', data = ''] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/m.exec(part) ?? [];
        if (id !== '') events.push({ id, name, article: (JSON.parse(data) as { article?: string }).article ?? '' });
      }
    }
  } catch (error) {
    // Its server was killed.
    if (!(error instanceof TypeError)) throw error;
  }
}

it('tells each event once and in order over kills of the service, whatever happens while nobody listens', async () => {
  const events: Heard[] = [];
  let service = await serve();
  let last = 'start';
  for (let round = 0; round < 2; round += 1) {
    const reading = follow(service.origin, last, events);
    const heard = `${EDITION}/${testSite.publish()}`;
    await eventually(() => events.find(({ article }) => article === heard) ?? null, 30_000);
    // What comes now is on its way when the service dies.
    const missed = `${EDITION}/${testSite.publish()}`;
    await service.kill('SIGKILL');
    await reading;
    last = events.at(-1)!.id;
    service = await serve();
    await eventually(async () => (await readStoredArticles(workplace.dataDir)).get(missed) ?? null, 30_000);
  }
  const reading = follow(service.origin, last, events);
  const stored = [...(await readStoredArticles(workplace.dataDir)).keys()].sort();
  const told = () => events.filter(({ name }) => name === 'stored').map(({ article }) => article);
  await eventually(() => (told().length >= stored.length ? true : null), 30_000);
  await service.kill('SIGTERM');
  await reading;
  expect(told().sort()).toEqual(stored);
  expect(events.filter(({ name }) => name === 'void')).toEqual([]);
  const numbers = events.map(({ id }) => Number(id.split('.')[1]));
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, k) => numbers[0]! + k));
}, 120_000);
