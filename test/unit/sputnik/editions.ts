import type { Edition } from '../../../src/domain/edition.js';

/** An edition for tests; every key that is not given is plain. */
export function edition(id: string, more: Partial<Edition> = {}): Edition {
  return {
    id,
    family: id,
    hosts: [id],
    formerHosts: [],
    language: 'en',
    timeZone: 'UTC',
    fetchFrom: null,
    seedArticles: [],
    tagPages: {},
    enabled: true,
    ...more,
  };
}

export const CN = edition('sputniknews.cn', { hosts: ['sputniknews.cn', 'cdn.sputniknews.cn'], language: 'zh-Hans' });
export const BIG5 = edition('big5.sputniknews.cn', { family: 'sputniknews.cn', language: 'zh-Hant' });
export const GLOBE = edition('sputnikglobe.com', { formerHosts: ['sputniknews.com', 'en.rian.ru'] });
export const ARMENIA_RU = edition('am.sputniknews.ru', { formerHosts: ['ru.armeniasputnik.am'], language: 'ru' });
export const TURKISH = edition('anlatilaninotesi.com.tr', {
  formerHosts: ['tr.sputniknews.com', 'sputniknews.com.tr'],
  language: 'tr',
});
export const RIA = edition('ria.ru', { formerHosts: ['rian.ru'], language: 'ru' });
export const EDITIONS = [CN, BIG5, GLOBE, ARMENIA_RU, TURKISH, RIA];
