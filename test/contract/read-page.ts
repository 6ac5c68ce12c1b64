import type { Edition, Topic } from '../../src/domain/edition.js';
import type { Disagreement, ExtractedArticle } from '../../src/domain/extraction.js';
import { normaliseArticle } from '../../src/normalise/normalise-article.js';
import { createUrlRules } from '../../src/sputnik/urls/url-rules.js';
import { openHtml } from '../../src/sputnik/html/decode-html.js';
import { extractArticle } from '../../src/sputnik/extractors/extract-article.js';

function edition(id: string, language: string, timeZone: string, more: Partial<Edition> = {}): Edition {
  return {
    id,
    family: id,
    hosts: [id],
    formerHosts: [],
    language,
    timeZone,
    fetchFrom: null,
    seedArticles: [],
    tagPages: {},
    enabled: true,
    ...more,
  };
}

/** Editions as site facts §2 lists them; the tests depend on no configuration. */
export const EDITIONS: readonly Edition[] = [
  edition('sputniknews.cn', 'zh-Hans', 'Asia/Shanghai', { hosts: ['sputniknews.cn', 'cdn.sputniknews.cn'] }),
  edition('big5.sputniknews.cn', 'zh-Hant', 'Asia/Shanghai', { family: 'sputniknews.cn' }),
  edition('sputnikglobe.com', 'en', 'UTC', { formerHosts: ['sputniknews.com', 'en.rian.ru'] }),
  edition('arm.sputniknews.ru', 'hy', 'Asia/Yerevan', { formerHosts: ['armeniasputnik.am'] }),
  edition('am.sputniknews.ru', 'ru', 'Asia/Yerevan', { formerHosts: ['ru.armeniasputnik.am'] }),
  edition('sputnik.az', 'az', 'Asia/Baku'),
  edition('az.sputniknews.ru', 'ru', 'Asia/Baku'),
  edition('sarabic.ae', 'ar', 'Europe/Moscow', { formerHosts: ['arabic.sputniknews.com'] }),
  edition('spnfa.ir', 'fa', 'Asia/Tehran', { formerHosts: ['ir.sputniknews.com'] }),
  edition('sputniknews.jp', 'ja', 'Asia/Tokyo', { formerHosts: ['jp.sputniknews.com'] }),
  edition('anlatilaninotesi.com.tr', 'tr', 'Europe/Istanbul', { formerHosts: ['tr.sputniknews.com'] }),
  edition('sputniknews.lat', 'es', 'UTC', { formerHosts: ['mundo.sputniknews.com'] }),
  edition('fr.sputniknews.africa', 'fr', 'UTC', { formerHosts: ['fr.sputniknews.com'] }),
  edition('sputnik-georgia.ru', 'ru', 'Asia/Tbilisi'),
  edition('sputnik-georgia.com', 'ka', 'Asia/Tbilisi'),
  edition('sputniknewsbr.com.br', 'pt', 'America/Sao_Paulo', { formerHosts: ['br.sputniknews.com'] }),
  edition('en.sputniknews.africa', 'en', 'UTC'),
  edition('ria.ru', 'ru', 'Europe/Moscow', { formerHosts: ['rian.ru'] }),
];

export const TOPICS: readonly Topic[] = [
  {
    id: 'armenia',
    names: [
      '亚美尼亚',
      'Armenia',
      'Армения',
      'Հայաստան',
      'Ermənistan',
      'أرمينيا',
      'ارمنستان',
      'アルメニア',
      'Ermenistan',
      'Arménie',
      'Armênia',
    ],
    enabled: true,
  },
  {
    id: 'azerbaijan',
    names: [
      '阿塞拜疆',
      'Azerbaijan',
      'Азербайджан',
      'Ադրբեջան',
      'Azərbaycan',
      'أذربيجان',
      'آذربایجان',
      'Azerbaycan',
      'Azerbaiyán',
      'アゼルバイジャン',
    ],
    enabled: true,
  },
];

export const ADDRESSES = createUrlRules(EDITIONS);

export type ReadPage =
  | {
      readonly article: Omit<ExtractedArticle, 'contentHash'>;
      readonly disagreements: readonly Disagreement[];
    }
  | { readonly notArticle: string };

/** Reads a saved page as the worker does: decode, read, normalise. */
export function readPage(
  page: Buffer | string,
  url: string,
  options: { readonly contentType?: string | null; readonly fetchedAt?: string | null } = {},
): ReadPage {
  const address = ADDRESSES.parse(url);
  const known = address === null ? undefined : EDITIONS.find(({ id }) => id === address.edition);
  if (address === null || known === undefined)
    throw new Error(`${url} is no article of an edition that the tests know`);
  const body = typeof page === 'string' ? Buffer.from(page, 'utf8') : page;
  const reading = extractArticle(openHtml(body, options.contentType ?? null), address.url);
  if ('notArticle' in reading) return { notArticle: reading.notArticle };
  return normaliseArticle(reading, {
    url: address,
    edition: known,
    topics: TOPICS,
    urlRules: ADDRESSES,
    fetchedAt: options.fetchedAt ?? null,
  });
}

/** @throws where the page holds no article. */
export function readArticlePage(...args: Parameters<typeof readPage>): Omit<ExtractedArticle, 'contentHash'> {
  const result = readPage(...args);
  if ('notArticle' in result) throw new Error(`no article: ${result.notArticle}`);
  return result.article;
}
