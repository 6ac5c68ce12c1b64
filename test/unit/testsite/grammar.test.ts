import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { PACKAGE_DIR } from '../../../src/platform/package-dir.js';
import { EDITION_IDS, editionProfile } from '../../../testsite/content/edition-profiles.js';
import { fillTemplate } from '../../../testsite/content/fill-template.js';
import type { Grammar } from '../../../testsite/content/grammar.js';
import { readGrammar } from '../../../testsite/content/grammar.js';
import { seededRandom } from '../../../testsite/content/seeded-random.js';

const LANGUAGES = readdirSync(join(PACKAGE_DIR, 'testsite', 'texts')).map((name) => name.replace(/\.json$/, ''));

function templatesOf(grammar: Grammar): readonly string[] {
  const { titles, leads, sentences, quotes, headings, listItems, insets, captions, dateline } = grammar;
  return [titles, leads, sentences, quotes, headings, listItems, insets, captions, dateline ?? []].flat();
}

describe('the data files of the test site', () => {
  it.each(LANGUAGES)('%s: every template can be filled, and no slot is left', (language) => {
    const grammar = readGrammar(language);
    const [matter] = grammar.matters;
    const { armenia: country, azerbaijan: partner } = grammar;
    const frame = { grammar, hero: 'H', town: 'T', matter: matter!, country, partner, day: '1', month: 'May' };
    for (const template of templatesOf(grammar)) {
      expect(fillTemplate(template, frame, seededRandom(template))).not.toMatch(/[{}]/);
    }
  });

  it('serve every edition, and none is without one', () => {
    const used = new Set(EDITION_IDS.map((id) => editionProfile(id).grammar.about));
    expect(used).toEqual(new Set(LANGUAGES.map((language) => readGrammar(language).about)));
  });

  it('make a syllable of every letter, or of every consonant with every vowel', () => {
    expect(readGrammar('ja').syllables.slice(0, 3)).toEqual(['ア', 'イ', 'ウ']);
    expect(readGrammar('en').syllables.slice(0, 7)).toEqual(['ba', 'be', 'bi', 'bo', 'bu', 'by', 'ca']);
  });

  it('are refused where the file is missing', () => {
    expect(() => readGrammar('xx')).toThrow(/ENOENT/);
  });
});
