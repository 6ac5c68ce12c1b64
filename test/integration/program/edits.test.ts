import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/cli/output/wrap-text.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createWorkplace, testSiteSettings, type Workplace } from './run-sputnik.js';

const EDITION = 'sputniknews.cn';

const LEAD = '俄罗斯卫星通讯社莫斯科4月12日电 两国代表讨论了运输走廊的开放时间。';
const PARAGRAPHS = [
  '双方代表在会谈后表示，边境上的三个检查站将在今年秋天重新开放，货车可以全天通行。',
  '“我们已经准备好了全部文件，只等最后签字。”代表团团长对记者说，他没有透露签字的地点。',
  '据统计，去年通过该走廊运输的货物为120万吨，主要是粮食、化肥和建筑材料。',
];

interface Step {
  readonly article: string;
  readonly from: { readonly revision: number; readonly seenAt: string };
  readonly to: { readonly revision: number; readonly seenAt: string };
  readonly edits: readonly {
    readonly type: string;
    readonly weight: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

describe('the edits of an article', () => {
  let testSite: TestSite;
  let workplace: Workplace;
  let id: string;

  async function steps(...words: string[]): Promise<readonly Step[]> {
    const { code, value } = await workplace.document(['edits', ...words]);
    expect(code).toBe(0);
    return (value as { steps: Step[] }).steps;
  }

  beforeAll(async () => {
    testSite = await startTestSite({ seed: 9, stories: 8, clock: systemClock, editions: [EDITION] });
    workplace = await createWorkplace(testSiteSettings(testSite));
    const title = '三个检查站将在秋天重新开放';
    id = testSite.publish({ title, lead: LEAD, paragraphs: PARAGRAPHS });
    const crawlOnce = async (): Promise<void> => {
      const url = testSite.truth().find(({ articleId }) => articleId === id)!.url;
      expect((await workplace.document(['crawl', '--url', url])).code).toBe(0);
    };
    await crawlOnce();
    testSite.edit(id, {
      title: '四个检查站将在秋天重新开放',
      replaceParagraph: { index: 2, text: PARAGRAPHS[2]!.replace('120', '150') },
      appendParagraph: '下一轮会谈定于五月在巴库举行。',
    });
    await crawlOnce();
    testSite.edit(id, { replaceParagraph: { index: 0, text: PARAGRAPHS[0]!.replace('，', '；') } });
    await crawlOnce();
  });

  afterAll(async () => {
    await testSite.stop();
    await workplace.remove();
  });

  it('are typed, weighed, with both wordings and the times between which they happened', async () => {
    const [first, second, ...more] = await steps(id);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ article: `sputniknews.cn/${id}`, from: { revision: 1 }, to: { revision: 2 } });
    expect(first!.from.seenAt <= first!.to.seenAt).toBe(true);
    expect(first!.edits).toContainEqual(
      expect.objectContaining({
        type: 'headline',
        weight: 'substantive',
        before: '三个检查站将在秋天重新开放',
        after: '四个检查站将在秋天重新开放',
      }),
    );
    expect(first!.edits.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['headline', 'paragraphChanged', 'number', 'paragraphAdded']),
    );
    expect(second!.edits).toMatchObject([{ type: 'paragraphChanged', weight: 'trivial' }]);
  });

  it('are narrowed by weight, topic and the day on which they were seen', async () => {
    expect(await steps('--substantive')).toHaveLength(1);
    expect(await steps('--topic', 'armenia')).toHaveLength(2);
    expect(await steps('--until', '2001-01-01')).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await steps('--since', '2001-01-01', '--until', today)).not.toEqual([]);
  });

  it('are shown between any two revisions, in lines of at most 100 columns', async () => {
    const whole = await workplace.document(['show', id, '--diff', '1..3']);
    expect(whole.value).toMatchObject({ from: { revision: 1 }, to: { revision: 3 } });
    const { stdout, code } = await workplace.run(['show', id, '--diff', '1..3']);
    expect(code).toBe(0);
    expect(stdout).toContain('headline changed, substantive');
    expect(stdout).toContain('- 三个检查站');
    expect(stdout).toContain('+ 四个检查站');
    expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(100);
  });

  it.each([
    [['--diff', '1..9'], 'revisions 1 to 3'],
    [['--diff', 'first'], '1..2'],
    [['--diff', '0..1'], '--diff 0'],
  ])('ends show %j with exit code 2', async (words, mention) => {
    const { code, stderr } = await workplace.run(['show', id, ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(mention);
  });
});
