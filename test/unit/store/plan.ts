import { contentHashOf } from '../../../src/dedupe/comparable-text.js';
import type { Observation } from '../../../src/records/timeline.js';
import { observation, shuffled } from '../records/observations.js';

const PARAGRAPHS = [
  'The foreign ministers met in the capital on Monday and spoke about the opening of the road along the river for lorries.',
  'Border guards of both sides will exchange lists of vehicles twice a day, the ministry said in a statement after the talks.',
  'A first convoy with building material is expected at the crossing in the second week of the month, weather permitting.',
  'Farmers of the valley asked for a market on the bridge, as there had been in their grandparents’ time, on every Saturday.',
  'The next round of talks about the railway is to take place in the autumn, when the survey of the tunnels is complete.',
];
const OTHER = [
  'A lynx was photographed in the gorge for the first time in eleven years, the rangers of the reserve announced on Friday.',
  'The animal, an adult female, passed two of the forty cameras that students of the university had hung up in the spring.',
  'Biologists suppose that warm winters and the ban on snares have brought hares back, on which the big cats mainly feed.',
];

/** Many observations of a few articles that repeat, revise and resemble each other: the worst for whoever links them. */
export function makePlan(random: () => number, count: number): Observation[] {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return Array.from({ length: count }, (_, index) => {
    const cn = random() < 0.4;
    const edition = cn ? pick(['sputniknews.cn', 'big5.sputniknews.cn']) : 'am.sputniknews.ru';
    const articleId = `50000000${cn ? 1 : 2}${Math.floor(random() * 5)}`;
    const theme = random() < 0.8 ? PARAGRAPHS : OTHER;
    const cut = random() < 0.3 ? 1 : 0;
    const body = theme.slice(0, theme.length - cut);
    const made = observation({
      at: Math.floor(random() * 40),
      articleId,
      edition,
      family: cn ? 'sputniknews.cn' : 'am.sputniknews.ru',
      title: theme === OTHER ? 'Lynx returns' : pick(['Ministers meet', 'Ministers meet', 'Ministers met']),
      onTopic: random() < 0.85,
      publishedAt: pick([null, '2024-05-01T08:00:00Z', '2024-05-02T08:00:00Z', '2024-05-01T07:00:00Z']),
      url: `https://${edition}/${pick(['20240501', '20240502', '20240401'])}/${articleId}.html`,
    });
    const article = { ...made.article, body: body.map((text) => ({ type: 'text' as const, text })) };
    return {
      article: { ...article, contentHash: contentHashOf(article) },
      capture: { ...made.capture, offset: index * 1000 },
    };
  });
}

export { shuffled };
