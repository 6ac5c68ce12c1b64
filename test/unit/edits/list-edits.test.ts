import { describe, expect, it } from 'vitest';
import { listEdits, type Edit, type EditedState } from '../../../src/edits/list-edits.js';
import { Random } from '../dedupe/random-text.js';

const block = (text: string): EditedState['body'][number] => ({ type: 'text', text });
const state = (changes: Partial<EditedState> = {}): EditedState => ({
  title: 'Баку и Ереван договорились о границе',
  lead: 'Стороны согласовали 12 участков.',
  body: [
    block('Первый абзац рассказывает о том, как шли переговоры в столице.'),
    block('Во втором абзаце Пашинян сказал: «Мы готовы подписать договор».'),
    block('Третий абзац напоминает читателю о событиях прошлых лет.'),
  ],
  tags: [{ name: 'Армения', url: null, kind: 'geo' }],
  ...changes,
});
const brief = (edits: readonly Edit[]): string[] =>
  edits.map(({ type, weight, before, after }) => `${type} ${weight}: ${before ?? '∅'} → ${after ?? '∅'}`);
const edited = (changes: Partial<EditedState>): string[] => brief(listEdits(state(), state(changes)));
const { body } = state();

describe('listEdits', () => {
  it('lists nothing where nothing differs', () => {
    expect(listEdits(state(), state())).toEqual([]);
  });

  it('lists a headline and a lead with both wordings and the number in them', () => {
    expect(edited({ title: 'Баку и Ереван спорят о границе', lead: 'Стороны согласовали 14 участков.' })).toEqual([
      'headline substantive: Баку и Ереван договорились о границе → Баку и Ереван спорят о границе',
      'lead substantive: Стороны согласовали 12 участков. → Стороны согласовали 14 участков.',
      'number substantive: 12 → 14',
    ]);
  });

  it('calls white space, punctuation, width, case and script trivial', () => {
    expect(edited({ title: 'Баку и Ереван  договорились, о границе!' })[0]).toMatch(/^headline trivial/);
    const [before, after] = [state({ title: '亚美尼亚总理：１２人' }), state({ title: '亞美尼亞總理: 12人' })];
    expect(brief(listEdits(before, after))).toEqual(['headline trivial: 亚美尼亚总理：１２人 → 亞美尼亞總理: 12人']);
  });

  it('calls a decimal point substantive, though it is punctuation', () => {
    const edits = listEdits(state({ lead: 'Рост 1.5 процента.' }), state({ lead: 'Рост 15 процента.' }));
    expect(brief(edits).slice(1)).toEqual(['number substantive: 1.5 → 15']);
    expect(edits[0]?.weight).toBe('substantive');
  });

  it('lists paragraphs added and removed, with their places', () => {
    const added = listEdits(
      state(),
      state({ body: [body[0]!, block('Совершенно новое сообщение.'), ...body.slice(1)] }),
    );
    expect(added).toEqual([
      {
        type: 'paragraphAdded',
        weight: 'substantive',
        before: null,
        after: 'Совершенно новое сообщение.',
        place: 'body',
        blockBefore: null,
        blockAfter: 1,
      },
    ]);
    const removed = listEdits(state(), state({ body: [body[0]!, body[2]!] }));
    expect(removed.map(({ type, blockBefore, blockAfter }) => [type, blockBefore, blockAfter])).toEqual([
      ['paragraphRemoved', 1, null],
    ]);
  });

  it('lists a changed paragraph with the name and the quotation in it', () => {
    const changed = block('Во втором абзаце Мирзоян сказал: «Мы не готовы подписать договор».');
    expect(edited({ body: [body[0]!, changed, body[2]!] }).slice(1)).toEqual([
      'name substantive: Пашинян → Мирзоян',
      'quotation substantive: Мы готовы подписать договор → Мы не готовы подписать договор',
    ]);
  });

  it('lists a moved paragraph once, and trivial', () => {
    const edits = listEdits(state(), state({ body: [body[2]!, body[0]!, body[1]!] }));
    expect(edits.map(({ type, weight, blockBefore, blockAfter }) => [type, weight, blockBefore, blockAfter])).toEqual([
      ['paragraphMoved', 'trivial', 2, 0],
    ]);
  });

  it('lists names in Chinese, across scripts', () => {
    const [before, after] = ['发言人扎哈罗娃说,谈判仍将继续下去。', '發言人佩斯科夫說,談判仍將繼續下去。'].map((text) =>
      state({ body: [block(text)] }),
    );
    expect(brief(listEdits(before!, after!)).slice(1)).toEqual(['name substantive: 扎哈罗娃 → 佩斯科夫']);
  });

  it('lists tags by what they name', () => {
    const tag = (name: string): EditedState['tags'][number] => ({ name, url: null, kind: null });
    const edits = listEdits(
      state({ tags: [tag('亞美尼亞'), tag('軍事')] }),
      state({ tags: [tag('亚美尼亚'), tag('外交')] }),
    );
    expect(brief(edits)).toEqual([
      'tag trivial: 亞美尼亞 → 亚美尼亚',
      'tag substantive: 軍事 → ∅',
      'tag substantive: ∅ → 外交',
    ]);
  });

  it('lists pictures where both states have them, another crop being trivial', () => {
    const image = (url: string, caption: string | null = null): NonNullable<EditedState['images']>[number] => ({
      url,
      caption,
      credit: null,
    });
    const at = 'https://cdn.example/img/07e6/09/0e/';
    const before = state({
      images: [image(`${at}1043944238_0:1:2:3_1920x0.jpg`, 'Мост'), image(`${at}1043944240_1.jpg`)],
    });
    const after = state({
      images: [image(`${at}1043944238_0:0:9:9_600x0.jpg`, 'Новый мост'), image(`${at}1043944250_1.jpg`)],
    });
    expect(listEdits(before, after).map(({ type, weight }) => `${type} ${weight}`)).toEqual([
      'picture trivial',
      'picture substantive',
      'picture substantive',
      'picture substantive',
    ]);
    expect(listEdits(before, state())).toEqual([]);
  });

  it('makes of one paragraph one, though two resemble it', () => {
    const once = [block('Комиссия осмотрела мост через реку и разрешила движение.')];
    const twice = ['легковых машин', 'тяжёлых грузовиков'].map((what) =>
      block(`Комиссия осмотрела мост через реку и разрешила движение ${what}.`),
    );
    const types = listEdits(state({ body: once }), state({ body: twice })).map(({ type }) => type);
    expect(types).toEqual(['paragraphChanged', 'paragraphAdded']);
  });

  it('accounts for every block of two bodies exactly once, and stays fast on long ones', () => {
    const random = new Random(4);
    const paragraphs = Array.from({ length: 400 }, (_, i) =>
      block(`Абзац номер ${i} ${random.next().toString(36)} о разном и о другом.`),
    );
    const after = random.shuffle(paragraphs).slice(0, 300).concat(block('Нечто совсем иное, чего раньше не было.'));
    const edits = listEdits(state({ body: paragraphs }), state({ body: after }));
    const counted = (type: string): number => edits.filter((edit) => edit.type === type).length;
    expect(counted('paragraphRemoved') - counted('paragraphAdded')).toBe(paragraphs.length - after.length);
  });
});
