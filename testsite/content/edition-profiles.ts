import { readGrammar } from './grammar.js';
import type { Grammar } from './grammar.js';

/** What sets one imitated edition apart. */
export interface EditionProfile {
  /** Its real host, e.g. `big5.sputniknews.cn`. */
  readonly id: string;
  readonly family: string;
  readonly formerHosts: readonly string[];
  readonly language: string;
  /** `og:locale` and `inLanguage` as the site spells it, e.g. `cn_CN`. */
  readonly locale: string;
  readonly timeZone: string;
  /** Offset of the times in its pages. */
  readonly offsetMinutes: number;
  readonly engine: 'sputnik' | 'ria';
  /** The agency's name as its pages print it. */
  readonly agency: string;
  readonly siteName: string;
  readonly copyrightHolder: string;
  readonly email: string;
  /** First article id of the family; families are ten million apart and more. */
  readonly firstArticleId: number;
  readonly script: 'own' | 'traditional';
  readonly direction: 'ltr' | 'rtl';
  /** Article URLs: `/date/id.html`, `/date/slug-id.html`, or the slug percent-encoded in the edition's own letters. */
  readonly urlForm: 'id' | 'slug' | 'encodedSlug';
  readonly grammar: Grammar;
  /** Template that replaces the grammar's. */
  readonly dateline?: string;
}

/** A profile before its texts are read. */
interface ProfileRow extends Omit<EditionProfile, 'grammar'> {
  /** Name of the language's file in `testsite/texts/`. */
  readonly texts: string;
}

type GivenRow = Pick<
  ProfileRow,
  'id' | 'language' | 'locale' | 'timeZone' | 'offsetMinutes' | 'agency' | 'firstArticleId' | 'texts'
> &
  Partial<ProfileRow>;

function withDefaults(row: GivenRow): ProfileRow {
  return {
    family: row.id,
    formerHosts: [],
    engine: 'sputnik',
    siteName: row.agency,
    copyrightHolder: 'MIA „Rossiya Segodnya“',
    email: `feedback@${row.id}`,
    script: 'own',
    direction: 'ltr',
    urlForm: 'slug',
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
  urlForm: 'id',
  texts: 'zh',
} as const;

const PROFILE_ROWS: readonly ProfileRow[] = [
  withDefaults({ id: 'sputniknews.cn', language: 'zh-Hans', ...chinese }),
  withDefaults({ id: 'big5.sputniknews.cn', language: 'zh-Hant', script: 'traditional', ...chinese }),
  withDefaults({
    id: 'sputnikglobe.com',
    language: 'en',
    locale: 'en_EN',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik International',
    firstArticleId: 1_120_000_000,
    texts: 'en',
    formerHosts: ['sputniknews.com'],
  }),
  withDefaults({
    id: 'am.sputniknews.ru',
    language: 'ru',
    locale: 'ru_AM',
    timeZone: 'Asia/Yerevan',
    offsetMinutes: 240,
    agency: 'Sputnik Армения',
    firstArticleId: 50_000_000,
    texts: 'ru',
    formerHosts: ['ru.armeniasputnik.am'],
  }),
  withDefaults({
    id: 'az.sputniknews.ru',
    language: 'ru',
    locale: 'ru_AZ',
    timeZone: 'Asia/Baku',
    offsetMinutes: 240,
    agency: 'Sputnik Азербайджан',
    firstArticleId: 440_000_000,
    texts: 'ru',
  }),
  withDefaults({
    id: 'sputnik-georgia.ru',
    language: 'ru',
    locale: 'ru_GE',
    timeZone: 'Asia/Tbilisi',
    offsetMinutes: 240,
    agency: 'Sputnik Грузия',
    firstArticleId: 270_000_000,
    texts: 'ru',
  }),
  withDefaults({
    id: 'ria.ru',
    language: 'ru',
    locale: 'ru_RU',
    timeZone: 'Europe/Moscow',
    offsetMinutes: 180,
    engine: 'ria',
    agency: 'РИА Новости',
    copyrightHolder: 'МИА «Россия сегодня»',
    firstArticleId: 2_090_000_000,
    texts: 'ru',
    formerHosts: ['rian.ru'],
    dateline: '{TOWN}, {day} {mon} - РИА Новости.',
  }),
  withDefaults({
    id: 'arm.sputniknews.ru',
    language: 'hy',
    locale: 'hy_AM',
    timeZone: 'Asia/Yerevan',
    offsetMinutes: 240,
    agency: 'Sputnik Արմենիա',
    firstArticleId: 70_000_000,
    texts: 'hy',
    formerHosts: ['armeniasputnik.am'],
  }),
  withDefaults({
    id: 'sputnik.az',
    language: 'az',
    locale: 'az_AZ',
    timeZone: 'Asia/Baku',
    offsetMinutes: 240,
    agency: 'Sputnik Azərbaycan',
    firstArticleId: 470_000_000,
    texts: 'az',
  }),
  withDefaults({
    id: 'sarabic.ae',
    language: 'ar',
    locale: 'ar_EG',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'سبوتنيك عربي',
    firstArticleId: 1_090_000_000,
    texts: 'ar',
    direction: 'rtl',
    urlForm: 'encodedSlug',
    formerHosts: ['arabic.sputniknews.com', 'sputnikarabic.ae'],
  }),
  withDefaults({
    id: 'anlatilaninotesi.com.tr',
    language: 'tr',
    locale: 'tr_TR',
    timeZone: 'Europe/Istanbul',
    offsetMinutes: 180,
    agency: 'Sputnik Türkiye',
    firstArticleId: 1_150_000_000,
    texts: 'tr',
    formerHosts: ['tr.sputniknews.com', 'sputniknews.com.tr'],
  }),
  withDefaults({
    id: 'spnfa.ir',
    language: 'fa',
    locale: 'fa_FA',
    timeZone: 'Asia/Tehran',
    offsetMinutes: 210,
    agency: 'اسپوتنیک ایران',
    firstArticleId: 30_000_000,
    texts: 'fa',
    direction: 'rtl',
    urlForm: 'encodedSlug',
    formerHosts: ['ir.sputniknews.com'],
  }),
  withDefaults({
    id: 'sputniknews.jp',
    language: 'ja',
    locale: 'ja_JP',
    timeZone: 'Asia/Tokyo',
    offsetMinutes: 540,
    agency: 'Sputnik 日本',
    firstArticleId: 15_000_000,
    texts: 'ja',
    urlForm: 'id',
    formerHosts: ['jp.sputniknews.com'],
  }),
  withDefaults({
    id: 'sputniknews.lat',
    language: 'es',
    locale: 'es_LA',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik Mundo',
    firstArticleId: 1_180_000_000,
    texts: 'es',
    formerHosts: ['mundo.sputniknews.com'],
  }),
  withDefaults({
    id: 'fr.sputniknews.africa',
    language: 'fr',
    locale: 'fr_FR',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik Afrique',
    firstArticleId: 1_210_000_000,
    texts: 'fr',
    formerHosts: ['fr.sputniknews.com'],
  }),
  withDefaults({
    id: 'en.sputniknews.africa',
    language: 'en',
    locale: 'en_EN',
    timeZone: 'UTC',
    offsetMinutes: 0,
    agency: 'Sputnik Africa',
    firstArticleId: 1_240_000_000,
    texts: 'en',
  }),
];

/** The editions that can be imitated. */
export const EDITION_IDS: readonly string[] = PROFILE_ROWS.map((row) => row.id);

export const DEFAULT_EDITIONS: readonly string[] = ['sputniknews.cn', 'big5.sputniknews.cn', 'am.sputniknews.ru'];

/**
 * Reads the texts of the edition's language.
 *
 * @throws {RangeError} if the edition is not one that can be imitated.
 */
export function editionProfile(id: string): EditionProfile {
  const row = PROFILE_ROWS.find((candidate) => candidate.id === id);
  if (row === undefined) throw new RangeError(`no edition that the test site imitates: ${id}`);
  const { texts, ...profile } = row;
  return { ...profile, grammar: readGrammar(texts) };
}
