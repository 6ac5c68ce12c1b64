import type { EditionProfile } from './edition-profile.js';
import { arGrammar } from './texts/ar.js';
import { azGrammar } from './texts/az.js';
import { enGrammar } from './texts/en.js';
import { esGrammar } from './texts/es.js';
import { faGrammar } from './texts/fa.js';
import { frGrammar } from './texts/fr.js';
import { hyGrammar } from './texts/hy.js';
import { jaGrammar } from './texts/ja.js';
import { trGrammar } from './texts/tr.js';
import { ruGrammar } from './texts/ru.js';
import { zhGrammar } from './texts/zh.js';

type Row = Pick<
  EditionProfile,
  'id' | 'language' | 'locale' | 'timeZone' | 'offsetMinutes' | 'agency' | 'firstArticleId' | 'grammar'
> &
  Partial<EditionProfile>;

function profile(row: Row): EditionProfile {
  return {
    family: row.id,
    formerHosts: [],
    engine: 'sputnik',
    siteName: row.agency,
    copyrightHolder: 'MIA „Rossiya Segodnya“',
    email: `feedback@${row.id}`,
    script: 'own',
    direction: 'ltr',
    addressForm: 'slug',
    ...row,
  };
}

const chinese = {
  family: 'sputniknews.cn',
  locale: 'cn_CN',
  timeZone: 'Asia/Shanghai',
  offsetMinutes: 480,
  agency: '俄罗斯卫星通讯社',
  firstArticleId: 1_060_000_000,
  addressForm: 'id',
  grammar: zhGrammar,
} as const;

/** The editions that can be imitated, by SITE §2. */
export const EDITION_PROFILES: readonly EditionProfile[] = [
  profile({ id: 'sputniknews.cn', language: 'zh-Hans', ...chinese }),
  profile({ id: 'big5.sputniknews.cn', language: 'zh-Hant', script: 'traditional', ...chinese }),
  profile({
    id: 'sputnikglobe.com',
    language: 'en',
    locale: 'en_EN',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik International',
    firstArticleId: 1_120_000_000,
    grammar: enGrammar,
    formerHosts: ['sputniknews.com'],
  }),
  profile({
    id: 'am.sputniknews.ru',
    language: 'ru',
    locale: 'ru_AM',
    timeZone: 'Asia/Yerevan',
    offsetMinutes: 240,
    agency: 'Sputnik Армения',
    firstArticleId: 50_000_000,
    grammar: ruGrammar,
    formerHosts: ['ru.armeniasputnik.am'],
  }),
  profile({
    id: 'az.sputniknews.ru',
    language: 'ru',
    locale: 'ru_AZ',
    timeZone: 'Asia/Baku',
    offsetMinutes: 240,
    agency: 'Sputnik Азербайджан',
    firstArticleId: 440_000_000,
    grammar: ruGrammar,
  }),
  profile({
    id: 'sputnik-georgia.ru',
    language: 'ru',
    locale: 'ru_GE',
    timeZone: 'Asia/Tbilisi',
    offsetMinutes: 240,
    agency: 'Sputnik Грузия',
    firstArticleId: 270_000_000,
    grammar: ruGrammar,
  }),
  profile({
    id: 'ria.ru',
    language: 'ru',
    locale: 'ru_RU',
    timeZone: 'Europe/Moscow',
    offsetMinutes: 180,
    engine: 'ria',
    agency: 'РИА Новости',
    copyrightHolder: 'МИА «Россия сегодня»',
    firstArticleId: 2_090_000_000,
    grammar: ruGrammar,
    formerHosts: ['rian.ru'],
    dateline: '{TOWN}, {day} {mon} - РИА Новости.',
  }),
  profile({
    id: 'arm.sputniknews.ru',
    language: 'hy',
    locale: 'hy_AM',
    timeZone: 'Asia/Yerevan',
    offsetMinutes: 240,
    agency: 'Sputnik Արմենիա',
    firstArticleId: 70_000_000,
    grammar: hyGrammar,
    formerHosts: ['armeniasputnik.am'],
  }),
  profile({
    id: 'sputnik.az',
    language: 'az',
    locale: 'az_AZ',
    timeZone: 'Asia/Baku',
    offsetMinutes: 240,
    agency: 'Sputnik Azərbaycan',
    firstArticleId: 470_000_000,
    grammar: azGrammar,
  }),
  profile({
    id: 'sarabic.ae',
    language: 'ar',
    locale: 'ar_EG',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'سبوتنيك عربي',
    firstArticleId: 1_090_000_000,
    grammar: arGrammar,
    direction: 'rtl',
    addressForm: 'encodedSlug',
    formerHosts: ['arabic.sputniknews.com', 'sputnikarabic.ae'],
  }),
  profile({
    id: 'anlatilaninotesi.com.tr',
    language: 'tr',
    locale: 'tr_TR',
    timeZone: 'Europe/Istanbul',
    offsetMinutes: 180,
    agency: 'Sputnik Türkiye',
    firstArticleId: 1_150_000_000,
    grammar: trGrammar,
    formerHosts: ['tr.sputniknews.com', 'sputniknews.com.tr'],
  }),
  profile({
    id: 'spnfa.ir',
    language: 'fa',
    locale: 'fa_FA',
    timeZone: 'Asia/Tehran',
    offsetMinutes: 210,
    agency: 'اسپوتنیک ایران',
    firstArticleId: 30_000_000,
    grammar: faGrammar,
    direction: 'rtl',
    addressForm: 'encodedSlug',
    formerHosts: ['ir.sputniknews.com'],
  }),
  profile({
    id: 'sputniknews.jp',
    language: 'ja',
    locale: 'ja_JP',
    timeZone: 'Asia/Tokyo',
    offsetMinutes: 540,
    agency: 'Sputnik 日本',
    firstArticleId: 15_000_000,
    grammar: jaGrammar,
    addressForm: 'id',
    formerHosts: ['jp.sputniknews.com'],
  }),
  profile({
    id: 'sputniknews.lat',
    language: 'es',
    locale: 'es_LA',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik Mundo',
    firstArticleId: 1_180_000_000,
    grammar: esGrammar,
    formerHosts: ['mundo.sputniknews.com'],
  }),
  profile({
    id: 'fr.sputniknews.africa',
    language: 'fr',
    locale: 'fr_FR',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik Afrique',
    firstArticleId: 1_210_000_000,
    grammar: frGrammar,
    formerHosts: ['fr.sputniknews.com'],
  }),
  profile({
    id: 'en.sputniknews.africa',
    language: 'en',
    locale: 'en_EN',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik Africa',
    firstArticleId: 1_240_000_000,
    grammar: enGrammar,
  }),
];

export const DEFAULT_EDITIONS: readonly string[] = ['sputniknews.cn', 'big5.sputniknews.cn', 'am.sputniknews.ru'];

/** @throws {RangeError} if the edition is not one that can be imitated. */
export function editionProfile(id: string): EditionProfile {
  const found = EDITION_PROFILES.find((candidate) => candidate.id === id);
  if (found === undefined) throw new RangeError(`no such look-alike edition: ${id}`);
  return found;
}
