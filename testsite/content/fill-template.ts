import type { CountryForms, Grammar, Matter } from './grammar.js';
import type { SeededRandom } from './seeded-random.js';

/** What stays the same throughout one story: its people, its town, its matter, its countries. */
export interface StoryFrame {
  readonly grammar: Grammar;
  readonly hero: string;
  readonly town: string;
  readonly matter: Matter;
  readonly country: CountryForms;
  readonly partner: CountryForms;
  /** Day of the month and month's name, local. */
  readonly day: string;
  readonly month: string;
}

function inventStem(grammar: Grammar, random: SeededRandom): string {
  const count = random.whole(2, 3);
  let stem = '';
  for (let syllable = 0; syllable < count; syllable += 1) stem += random.pick(grammar.syllables);
  return stem.charAt(0).toUpperCase() + stem.slice(1);
}

export function inventPerson(grammar: Grammar, random: SeededRandom): string {
  const family = `${inventStem(grammar, random)}${random.pick(grammar.familyTails)}`;
  return `${random.pick(grammar.given)}${grammar.nameJoiner}${family}`;
}

export function inventTown(grammar: Grammar, random: SeededRandom): string {
  return `${inventStem(grammar, random)}${random.pick(grammar.townTails)}`;
}

function fillSlot(slot: string, frame: StoryFrame, random: SeededRandom): string {
  const { grammar } = frame;
  const [head = '', form] = slot.split('.');
  switch (head) {
    case 'country':
      return frame.country.forms[form ?? 'name'] ?? frame.country.tag;
    case 'partner':
      return frame.partner.forms[form ?? 'name'] ?? frame.partner.tag;
    case 'hero':
      return frame.hero;
    case 'town':
      return frame.town;
    case 'TOWN':
      return frame.town.toUpperCase();
    case 'matter':
      return frame.matter.text;
    case 'day':
      return frame.day;
    case 'month':
      return frame.month;
    case 'mon':
      return frame.month.slice(0, 3);
    case 'person':
      return inventPerson(grammar, random);
    case 'place':
      return inventTown(grammar, random) + random.pick(grammar.words['place'] ?? ['']);
    case 'n':
      return String(random.whole(3, 97));
    case 'big':
      return String(random.whole(110, 9890));
    case 'huge':
      return String(random.whole(11, 899) * 1000 + random.whole(1, 999));
    case 'dec':
      return `${random.whole(1, 49)}.${random.whole(1, 9)}`;
    case 'year':
      return String(random.whole(2027, 2039));
    case 'past':
      return String(random.whole(1951, 2019));
    case 'date':
      return String(random.whole(1, 28));
    case 'anyMonth':
      return random.pick(grammar.months);
    default: {
      const words = grammar.words[head];
      if (words === undefined) throw new RangeError(`no such slot: {${slot}}`);
      return random.pick(words);
    }
  }
}

/** @returns the template with every `{slot}` filled; each occurrence is drawn by itself, the slots of the frame stay the same. */
export function fillTemplate(template: string, frame: StoryFrame, random: SeededRandom): string {
  const text = template.replace(/\{([a-zA-Z.]+)\}/g, (_, slot: string) => fillSlot(slot, frame, random));
  return text.charAt(0).toUpperCase() + text.slice(1);
}
