import { describe, expect, it } from 'vitest';
import { findDateline } from '../../../src/normalise/normalise-text-fields.js';

describe('findDateline', () => {
  it.each([
    ['俄羅斯衛星通訊社莫斯科4月12日電 部長表示', '俄羅斯衛星通訊社莫斯科4月12日電'],
    ['俄罗斯卫星通讯社华盛顿10月1日电 议员', '俄罗斯卫星通讯社华盛顿10月1日电'],
    ['俄新社莫斯科10月1日电 报道', '俄新社莫斯科10月1日电'],
    ['俄罗斯卫星通讯社莫斯科４月１２日电 议员', '俄罗斯卫星通讯社莫斯科４月１２日电'],
    ['俄新社 莫斯科 ４月１２日电　部长', '俄新社 莫斯科 ４月１２日电'],
    ['俄新社巴库１１月 9日电　报道', '俄新社巴库１１月 9日电'],
    ['ЕРЕВАН， ２ июн －РИА Новости. Форум', 'ЕРЕВАН， ２ июн －РИА Новости.'],
    ['الدوحة، ١٢ أبريل - سبوتنيك. قال', 'الدوحة، ١٢ أبريل - سبوتنيك.'],
    ['МОСКВА, 31 мая - РИА Новости. Луна', 'МОСКВА, 31 мая - РИА Новости.'],
    ['МОСКВА, 31 мая — РИА Новости, Иван Иванов. Луна', 'МОСКВА, 31 мая — РИА Новости, Иван Иванов.'],
    ['ТБИЛИСИ, 29 окт – Sputnik. Премьер', 'ТБИЛИСИ, 29 окт – Sputnik.'],
    ['САНКТ-ПЕТЕРБУРГ, 1 июн — РИА Новости. Форум', 'САНКТ-ПЕТЕРБУРГ, 1 июн — РИА Новости.'],
    ['BAKI, 21 aprel — Sputnik. Nazir', 'BAKI, 21 aprel — Sputnik.'],
    ['ԵՐԵՎԱՆ, 2 սեպտեմբերի – Sputnik. Այսօր', 'ԵՐԵՎԱՆ, 2 սեպտեմբերի – Sputnik.'],
    ['MOSCOW (Sputnik) - The ministry', 'MOSCOW (Sputnik) -'],
    ['MOSCÚ (Sputnik) — El ministro', 'MOSCÚ (Sputnik) —'],
    ['موسكو - سبوتنيك. قال', 'موسكو - سبوتنيك.'],
  ])('finds it at the start of "%s"', (lead, dateline) => {
    expect(findDateline(lead, []).value).toBe(dateline);
  });

  it.each([
    'Moscow said on 12 April that Sputnik would report.',
    'МОСКВА готовится к празднику 31 мая, пишет РИА Новости.',
    '俄羅斯衛星通訊社記者報道',
    '',
  ])('takes "%s" for a plain sentence', (lead) => {
    expect(findDateline(lead, []).value).toBeNull();
  });

  it('looks into the first paragraph where the lead has none', () => {
    const body = [
      { type: 'heading', text: 'X' },
      { type: 'text', text: 'БАКУ, 1 мар – Sputnik. Текст' },
    ] as const;
    expect(findDateline('Лид', body)).toMatchObject({ value: 'БАКУ, 1 мар – Sputnik.', source: 'body' });
  });
});
