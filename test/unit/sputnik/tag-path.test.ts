import { describe, expect, it } from 'vitest';
import { parseTagPath } from '../../../src/sputnik/urls/url-grammar.js';
import { createUrlRules, parseTagLink } from '../../../src/sputnik/urls/url-rules.js';
import { EDITIONS } from './editions.js';

const rules = createUrlRules(EDITIONS);

describe('the path of a tag page', () => {
  it.each([
    ['/geo_Vanadzor/', 'geo', '/geo_Vanadzor/'],
    ['/keyword_News_Feed', 'keyword', '/keyword_News_Feed/'],
    ['/tags/keyword_Iran/', 'keyword', '/tags/keyword_Iran/'],
    ['/organization_Rossijjskaja_akademija_nauk/', 'organization', '/organization_Rossijjskaja_akademija_nauk/'],
    ['/geo_0cc175b9c0f1b6a831c399e269772661/', 'geo', '/geo_0cc175b9c0f1b6a831c399e269772661/'],
    ['/keyword_%D9%86/', 'keyword', '/keyword_%D9%86/'],
  ])('%s has the kind %s', (path, kind, canonical) => {
    expect(parseTagPath(path)).toMatchObject({ kind, path: canonical });
  });

  it.each(['/', '/russia/', '/geo_/', '/geo_a/b/', '/20230412/', '/Geo_x/', '/services/geo_x/more.html', ''])(
    '%s is none',
    (path) => {
      expect(parseTagPath(path)).toBeNull();
    },
  );

  it('of an unknown kind counts: the link says that it is a tag’s', () => {
    expect(parseTagPath('/radio_shows/')?.kind).toBe('radio');
  });
});

describe('a tag link', () => {
  it('leads to the edition’s own host, whatever host the page was read on', () => {
    expect(parseTagLink(rules, '/geo_Armenia/?x=1#y', 'https://sputniknews.com/world/201906201075975805-a/')).toEqual({
      kind: 'geo',
      slug: 'geo_Armenia',
      path: '/geo_Armenia/',
      edition: 'sputnikglobe.com',
      url: 'https://sputnikglobe.com/geo_Armenia/',
    });
  });

  it('is refused on other hosts, other ports and without a tag', () => {
    const base = 'https://ria.ru/20260531/x-2095779946.html';
    for (const href of ['https://example.com/geo_x/', 'https://ria.ru:81/geo_x/', '/world/', 'javascript:1', '']) {
      expect(parseTagLink(rules, href, base)).toBeNull();
    }
  });
});
