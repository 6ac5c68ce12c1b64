import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { matchTopics } from '../../../src/normalise/normalise-links.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';

const config = loadConfig({ variables: {} });
const rules = createUrlRules(config.editions);

/** ria.ru numbers the articles of its special sites together with its own. */
const RIA_TWINS = ['crimea', 'radiosputnik', 'realty', 'rsport', 'sn', 'sputnik'].map((name) => `${name}.ria.ru`);
const EARLIER_ENGLISH = ['sputniknews.com', 'm.sputniknews.com', 'en.rian.ru', 'en.ria.ru'];

/** Edition, its language, zone, further hosts of today, earlier hosts (site facts, §2), and the names of its two countries. */
const SHIPPED: readonly (readonly [string, string, string, readonly string[], readonly string[], string, string])[] = [
  ['sputniknews.cn', 'zh-Hans', 'Asia/Shanghai', ['cdn.sputniknews.cn'], [], '亚美尼亚', '阿塞拜疆'],
  ['big5.sputniknews.cn', 'zh-Hant', 'Asia/Shanghai', [], [], '亞美尼亞', '阿塞拜疆'],
  ['sputnikglobe.com', 'en', 'UTC', [], EARLIER_ENGLISH, 'armenia', 'AZERBAIJAN'],
  [
    'arm.sputniknews.ru',
    'hy',
    'Asia/Yerevan',
    [],
    ['armeniasputnik.am', 'm.armeniasputnik.am'],
    'Հայաստան',
    'Ադրբեջան',
  ],
  ['am.sputniknews.ru', 'ru', 'Asia/Yerevan', [], ['ru.armeniasputnik.am'], 'Армения', 'Азербайджан'],
  ['sputnik.az', 'az', 'Asia/Baku', [], ['m.sputnik.az'], 'Ermənistan', 'Azərbaycan'],
  ['az.sputniknews.ru', 'ru', 'Asia/Baku', [], ['ru.sputnik.az'], 'АРМЕНИЯ', 'азербайджан'],
  ['sputnik-georgia.ru', 'ru', 'Asia/Tbilisi', [], [], 'Армения', 'Азербайджан'],
  ['sputnik-georgia.com', 'ka', 'Asia/Tbilisi', [], [], 'სომხეთი', 'აზერბაიჯანი'],
  [
    ...(['anlatilaninotesi.com.tr', 'tr', 'Europe/Istanbul', []] as const),
    ...([['tr.sputniknews.com', 'sputniknews.com.tr'], 'Ermenistan', 'Azerbaycan'] as const),
  ],
  ['sarabic.ae', 'ar', 'UTC', [], ['arabic.sputniknews.com', 'sputnikarabic.ae'], 'أرمينيا', 'أذربيجان'],
  ['spnfa.ir', 'fa', 'Asia/Tehran', [], ['ir.sputniknews.com'], 'ارمنستان', 'آذربایجان'],
  ['sputniknews.jp', 'ja', 'Asia/Tokyo', [], ['jp.sputniknews.com'], 'アルメニア', 'アゼルバイジャン'],
  [
    'sputniknews.lat',
    'es',
    'UTC',
    ['noticiaslatam.lat', 'latamnews.lat'],
    ['mundo.sputniknews.com'],
    'Armenia',
    'Azerbaiyán',
  ],
  [
    'sputniknewsbr.com.br',
    'pt',
    'America/Sao_Paulo',
    ['noticiabrasil.net.br'],
    ['br.sputniknews.com'],
    'Armênia',
    'Azerbaijão',
  ],
  ['en.sputniknews.africa', 'en', 'UTC', [], [], 'Armenia', 'Azerbaijan'],
  ['fr.sputniknews.africa', 'fr', 'UTC', [], ['fr.sputniknews.com'], 'Arménie', 'Azerbaïdjan'],
  ['ria.ru', 'ru', 'Europe/Moscow', RIA_TWINS, ['rian.ru'], 'Армения', 'Азербайджан'],
  // Off: their saved pages and links are known (hosts by public lists of the agency's sites, 2020-2026).
  ['sputniknews.vn', 'vi', 'Asia/Ho_Chi_Minh', [], ['kevesko.vn', 'vn.sputniknews.com'], 'Armenia', 'Azerbaijan'],
  ['sputniknews.in', 'en', 'Asia/Kolkata', [], [], 'Armenia', 'Azerbaijan'],
  ['hindi.sputniknews.in', 'hi', 'Asia/Kolkata', [], [], 'आर्मेनिया', 'अज़रबैजान'],
  ['sputnikportal.rs', 'sr-Cyrl', 'Europe/Belgrade', [], ['rs.sputniknews.com'], 'Јерменија', 'Азербејџан'],
  ['lat.sputnikportal.rs', 'sr-Latn', 'Europe/Belgrade', [], ['rs-lat.sputniknews.com'], 'Jermenija', 'Azerbejdžan'],
  ['sputniknews.gr', 'el', 'Europe/Athens', [], ['gr.sputniknews.com'], 'Αρμενία', 'Αζερμπαϊτζάν'],
  ['snanews.de', 'de', 'Europe/Berlin', [], ['de.sputniknews.com'], 'Armenien', 'Aserbaidschan'],
  ['it.sputniknews.com', 'it', 'Europe/Rome', [], [], 'Armenia', 'Azerbaigian'],
  ['cz.sputniknews.com', 'cs', 'Europe/Prague', [], [], 'Arménie', 'Ázerbájdžán'],
  ['pl.sputniknews.com', 'pl', 'Europe/Warsaw', [], [], 'Armenia', 'Azerbejdżan'],
  ['sputniknews.uz', 'uz-Cyrl', 'Asia/Tashkent', [], ['sputniknews-uz.com'], 'Арманистон', 'Озарбайжон'],
  ['oz.sputniknews.uz', 'uz-Latn', 'Asia/Tashkent', [], ['oz.sputniknews-uz.com'], 'Armaniston', 'Ozarbayjon'],
  ['uz.sputniknews.ru', 'ru', 'Asia/Tashkent', [], ['ru.sputniknews-uz.com'], 'Армения', 'Азербайджан'],
  ['sputnik.kz', 'kk', 'Asia/Almaty', [], ['sputniknews.kz'], 'Армения', 'Әзербайжан'],
  ['ru.sputnik.kz', 'ru', 'Asia/Almaty', [], ['ru.sputniknews.kz'], 'Армения', 'Азербайджан'],
  ['sputnik.kg', 'ky', 'Asia/Bishkek', [], ['kg.sputniknews.com'], 'Армения', 'Азербайжан'],
  ['ru.sputnik.kg', 'ru', 'Asia/Bishkek', [], [], 'Армения', 'Азербайджан'],
  ['sputnik.tj', 'tg', 'Asia/Dushanbe', [], ['sputnik-tj.com'], 'Арманистон', 'Озарбойҷон'],
  ['tj.sputniknews.ru', 'ru', 'Asia/Dushanbe', [], ['ru.sputnik-tj.com'], 'Армения', 'Азербайджан'],
  ['md.sputniknews.com', 'ro', 'Europe/Chisinau', [], ['sputnik.md'], 'Armenia', 'Azerbaidjan'],
  ['ru.sputnik.md', 'ru', 'Europe/Chisinau', [], ['md.sputniknews.ru'], 'Армения', 'Азербайджан'],
  ['lv.sputniknews.ru', 'ru', 'Europe/Riga', [], [], 'Армения', 'Азербайджан'],
  ['sputniknewslv.com', 'lv', 'Europe/Riga', [], [], 'Armēnija', 'Azerbaidžāna'],
  ['lt.sputniknews.ru', 'ru', 'Europe/Vilnius', [], [], 'Армения', 'Азербайджан'],
  ['sputniknews.lt', 'lt', 'Europe/Vilnius', [], ['lt.sputniknews.com'], 'Armėnija', 'Azerbaidžanas'],
  ['ee.sputniknews.ru', 'ru', 'Europe/Tallinn', [], [], 'Армения', 'Азербайджан'],
  ['sputnik-news.ee', 'et', 'Europe/Tallinn', [], [], 'Armeenia', 'Aserbaidžaan'],
  ['sputnik.by', 'ru', 'Europe/Minsk', [], [], 'Армения', 'Азербайджан'],
  ['bel.sputnik.by', 'be', 'Europe/Minsk', [], [], 'Арменія', 'Азербайджан'],
  ['sputnik-abkhazia.ru', 'ru', 'Europe/Moscow', [], [], 'Армения', 'Азербайджан'],
  ['sputnik-abkhazia.info', 'ab', 'Europe/Moscow', [], [], 'Ермантәыла', 'Азербаиџьан'],
  ['sputnik-ossetia.ru', 'ru', 'Europe/Moscow', [], [], 'Армения', 'Азербайджан'],
  ['sputnik-ossetia.com', 'os', 'Europe/Moscow', [], [], 'Сомих', 'Азербайджан'],
  ['af.sputniknews.com', 'fa-AF', 'Asia/Kabul', [], [], 'ارمنستان', 'آذربایجان'],
];

/** Every form in which an article has stood (site facts, §3). */
const FORMS: readonly string[] = [
  '/20190620/1075975805.html',
  '/20190620/A-Slug---with-Capitals-1075975805.html',
  '/20190620/%D0%A1%D0%BB%D0%BE%D0%B2%D0%BE-1075975805.html',
  '/20190620/slug-1075975805.html?in=t&share-img=1&chat_room_id=2&utm_source=x#top',
  '/20190620/1075975805-print.html',
  '/amp/20190620/slug-1075975805.html',
  '/world/201906201075975805-slug-of-it/',
  '/world/201906201075975805/',
  '/world/20190620/1075975805/slug-of-it.html',
  '/amp/world/20190620/1075975805/slug-of-it.html',
  '//20190620/1075975805.html',
  '/20190620//slug-1075975805.html?mobile_return=no',
  '//world//20190620/1075975805/slug-of-it.html?mobile_return=no',
];

describe('the editions that come with the program', () => {
  it('are these and no others', () => {
    expect(config.editions.map(({ id }) => id).sort()).toEqual(SHIPPED.map(([id]) => id).sort());
  });

  it.each(SHIPPED)('%s has its language, zone and hosts', (id, language, timeZone, more, formerHosts) => {
    const family = id === 'big5.sputniknews.cn' ? 'sputniknews.cn' : id;
    expect(rules.editionById(id)).toMatchObject({ family, language, timeZone, hosts: [id, ...more], formerHosts });
  });

  it.each(SHIPPED)(
    '%s knows an article by one identity on every host and in every form',
    (id, _l, _z, more, former) => {
      const known = [id, ...more, ...former];
      for (const host of [...known, ...known.flatMap((one) => [`www.${one}`, `m.${one}`])]) {
        for (const scheme of ['http', 'https']) {
          const found = FORMS.map((path) => rules.parse(`${scheme}://${host}${path}`));
          expect(new Set(found.map((address) => address?.pageId))).toEqual(new Set([`${id}/1075975805`]));
          expect(new Set(found.map((address) => address?.date))).toEqual(new Set(['20190620']));
          for (const address of found) expect(rules.parse(address!.url)).toEqual(address);
        }
      }
    },
  );

  it.each(SHIPPED)('%s has both countries as topics in its own language', (...row) => {
    const [armenia, azerbaijan] = row.slice(5) as [string, string];
    const topicsOf = (name: string): string[] => matchTopics([{ name, url: null, kind: null }], config.topics);
    expect(topicsOf(armenia)).toEqual(['armenia']);
    expect(topicsOf(azerbaijan)).toEqual(['azerbaijan']);
  });

  it.each([
    ...[
      '纳卡',
      '納卡',
      'Карабах',
      'Nagorno-Karabakh',
      'Ղարաբաղ',
      'Qarabağ',
      'Karabağ',
      'ყარაბაღი',
      'قره باغ',
      'カラバフ',
    ],
  ])('have %s as a topic that is ready, and off', (name) => {
    const tags = [{ name, url: null, kind: null }];
    const switchedOn = config.topics.map((topic) => ({ ...topic, enabled: true }));
    expect(matchTopics(tags, switchedOn)).toEqual(['karabakh']);
    expect(matchTopics(tags, config.topics)).toEqual([]);
  });
});
