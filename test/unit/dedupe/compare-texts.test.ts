import { describe, expect, it } from 'vitest';
import { compareTexts } from '../../../src/dedupe/compare-texts.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../../../src/dedupe/neighbour-index.js';
import { inventArticle, Random, rewordArticle, write } from './random-text.js';

const compare = (
  a: Parameters<typeof compareTexts>[0],
  b: Parameters<typeof compareTexts>[0],
): ReturnType<typeof compareTexts> => {
  const there = compareTexts(a, b, DEFAULT_DEDUPE_SETTINGS);
  expect(compareTexts(b, a, DEFAULT_DEDUPE_SETTINGS)).toEqual(there);
  return there;
};

const HISTORY = [
  '争端始于上世纪八十年代末，随后发生大规模冲突和居民逃离，停火协议由多国斡旋达成，此后二十多年里谈判时断时续，接触线上的交火从未真正停止，双方各执一词，国际社会多次呼吁克制，但收效有限。',
  '2020年秋天战事再起，持续44天，三国领导人签署声明，规定停火、交换战俘和遗体、分阶段移交若干地区，并在接触线和走廊部署维和人员，期限五年，声明还规定恢复所有经济和交通联系。',
];

describe('compareTexts', () => {
  it('calls the same folded text exact, with similarity 1', () => {
    const a = write('標題甲', '導語。', '正文一二三四五六七八九十。');
    expect(compare(a, write('标题甲', '导语', '正文一二三四五六七八九十'))).toEqual({
      kind: 'exact',
      similarity: 1,
      reason: 'sameText',
    });
  });

  it('compares the first 20,000 characters, and calls longer texts that begin alike near, never exact', () => {
    const paragraphs = inventArticle(7, 5_000).body.map(({ text }) => text);
    const long = (end: string) => write('Title', 'Lead', ...paragraphs, end);
    expect(compare(long('One end.'), long('Another end.'))).toMatchObject({ kind: 'near', similarity: 1 });
    expect(compare(long('One end.'), long('One end.')).kind).toBe('near');
  });

  it('calls an edited copy near, with the Jaccard similarity in four decimals', () => {
    const article = inventArticle(1, 200);
    const { kind, similarity, reason } = compare(article, rewordArticle(article, 50, new Random(1)));
    expect([kind, reason]).toEqual(['near', 'similar']);
    expect(similarity).toBeGreaterThan(0.8);
    expect(similarity).toBeLessThan(1);
    expect(Math.round(similarity * 10_000) / 10_000).toBe(similarity);
  });

  it('keeps strangers apart', () => {
    expect(compare(inventArticle(1, 200), inventArticle(2, 200))).toMatchObject({
      kind: 'distinct',
      reason: 'belowThreshold',
    });
  });

  it('compares very short texts only exactly', () => {
    const a = write('快讯', '总理抵达首都开始工作访问');
    expect(compare(a, write('快讯', '总理抵达首都开始正式访问'))).toMatchObject({
      kind: 'distinct',
      reason: 'tooShort',
    });
    expect(compare(a, write('快訊', '總理抵達首都，開始工作訪問！')).kind).toBe('exact');
  });

  it('is not misled by history pasted under other news, wherever it stands', () => {
    const news = ['议会二读通过了道路安全法修正案，明年一月生效。', '首都地铁新线开始试运行，票价保持不变。'];
    for (const place of [0, 1]) {
      const articles = news.map((text, i) => {
        const paragraphs = [...HISTORY];
        paragraphs.splice(place, 0, text);
        return write(['议会通过道路法', '地铁新线试运行'][i]!, null, ...paragraphs);
      });
      const comparison = compare(articles[0]!, articles[1]!);
      expect(comparison.similarity).toBeGreaterThan(0.6);
      expect(comparison).toMatchObject({ kind: 'distinct', reason: 'otherNews' });
    }
  });

  it('is not misled by the same headline over other news and the same history', () => {
    const news = ['部长会议批准了修建水库的方案，工程将于夏天开始。', '内阁当天讨论了教师工资问题，没有作出决定。'];
    const [a, b] = news.map((text) => write('政府例会今天举行', null, text, ...HISTORY));
    expect(compare(a!, b!)).toMatchObject({ kind: 'distinct', reason: 'otherNews' });
  });

  it('does not take a text that consists of history for the news above it', () => {
    const news = write('议会通过道路法', null, '议会二读通过了道路安全法修正案，明年一月生效。', ...HISTORY);
    expect(compare(news, write('争端的由来', null, ...HISTORY))).toMatchObject({
      kind: 'distinct',
      reason: 'otherNews',
    });
  });

  it('links a text whose headline alone was rewritten', () => {
    const article = inventArticle(3, 150);
    expect(compare(article, { ...article, title: inventArticle(4, 20).title }).kind).toBe('near');
  });

  const bulletin = (day: number, count: number, wounded: number): ReturnType<typeof write> =>
    write(
      `Минобороны: за сутки режим огня нарушен ${count} раз`,
      `За ${day} апреля подразделения противника ${count} раз обстреляли позиции на границе, говорится в сводке ведомства.`,
      `Огонь вёлся из пулемётов и винтовок, ранены ${wounded} военнослужащих, обстановка остаётся под контролем, дежурство идёт по плану.`,
    );

  it('keeps the bulletins of two days apart', () => {
    expect(compare(bulletin(12, 41, 3), bulletin(13, 57, 5))).toMatchObject({
      kind: 'distinct',
      reason: 'otherNumbers',
    });
    expect(compare(bulletin(12, 41, 3), bulletin(13, 41, 3))).toMatchObject({ kind: 'distinct', reason: 'otherDay' });
  });

  it('links a longer text in which one number was corrected', () => {
    const article = inventArticle(5, 250);
    const lead = (count: number): string => `${article.lead ?? ''} with ${count} people`;
    expect(compare({ ...article, lead: lead(12) }, { ...article, lead: lead(13) }).kind).toBe('near');
  });

  const notice = (title: string): ReturnType<typeof write> =>
    write(
      title,
      'В Ереване состоялась церемония вручения государственных наград деятелям культуры и науки республики.',
      'Церемония прошла в резиденции, на ней присутствовали члены правительства, депутаты и дипломаты, аккредитованные в стране.',
    );

  it.each([
    ['Награды получили 12 учёных и художников республики', 'Награды получили 14 учёных и художников республики'],
    [
      'Президент вручил награды деятелям культуры республики',
      'Президент не вручил награды деятелям культуры республики',
    ],
    ['Награды деятелям культуры вручил президент Саргсян', 'Награды деятелям культуры вручил президент Хачатурян'],
  ])('keeps short notices apart whose headlines claim different things: %s', (a, b) => {
    expect(compare(notice(a), notice(b))).toMatchObject({ kind: 'distinct', reason: 'otherClaim' });
  });

  it('links short notices whose headline was only polished', () => {
    const [a, b] = [
      'Награды деятелям культуры вручил президент Саргсян',
      'Награды деятелям культуры вручены президентом Саргсяном',
    ];
    expect(compare(notice(a), notice(b)).kind).toBe('near');
  });

  it('bounds what a monstrous text costs', () => {
    const monstrous = (end: string): ReturnType<typeof write> => ({
      ...write(
        `Титул ${'слово '.repeat(100_000)}`,
        null,
        ...Array.from({ length: 1500 }, (_, i) => `Абзац ${i} ${'«Щит» '.repeat(200)}`),
        end,
      ),
    });
    const startedAt = performance.now();
    expect(compare(monstrous('Конец первый.'), monstrous('Конец второй.')).kind).not.toBe('exact');
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('heeds the threshold', () => {
    const article = inventArticle(1, 200);
    const copy = rewordArticle(article, 50, new Random(1));
    expect(compareTexts(article, copy, { ...DEFAULT_DEDUPE_SETTINGS, threshold: 0.99 }).kind).toBe('distinct');
  });
});
