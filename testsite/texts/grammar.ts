import type { SeededRandom } from '../seeded-random.js';

/** A topic or another country, with the forms that templates ask for (`{country}`, `{country.in}` …). */
export interface CountryForms {
  /** Tag name; equal to a configured topic name for the two topics. */
  readonly tag: string;
  readonly forms: Readonly<Record<string, string>>;
}

/** Something that news are about, with the tags it brings. */
export interface Matter {
  readonly text: string;
  readonly tag: string;
}

/** How one language writes its invented news. Templates hold `{slots}`; see `fillTemplate`. */
export interface Grammar {
  readonly armenia: CountryForms;
  readonly azerbaijan: CountryForms;
  /** Off-topic countries. */
  readonly others: readonly CountryForms[];
  /** Off-topic tags that look like a topic: `Armenian cuisine`. */
  readonly lookalikeTags: readonly string[];
  /** Rubric name → path of its page. */
  readonly rubrics: readonly { readonly name: string; readonly path: string }[];
  /** Editorial labels among the tags: name → path. */
  readonly labels: readonly { readonly name: string; readonly path: string }[];
  readonly matters: readonly Matter[];
  /** Invented persons and towns are put together from parts. */
  readonly given: readonly string[];
  /** Drawn two or three at a time for family names and towns: names that hardly ever meet twice. */
  readonly syllables: readonly string[];
  readonly familyTails: readonly string[];
  readonly nameJoiner: string;
  readonly townTails: readonly string[];
  /** Any further slots. */
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly months: readonly string[];
  /** Of `{town}` or `{TOWN}`, `{day}` and `{month}` or `{mon}`; null: the edition prints none. */
  readonly dateline: string | null;
  readonly datelineOn: 'lead' | 'body';
  readonly titles: readonly string[];
  readonly leads: readonly string[];
  readonly sentences: readonly string[];
  readonly quotes: readonly string[];
  readonly headings: readonly string[];
  readonly listItems: readonly string[];
  readonly insets: readonly string[];
  readonly captions: readonly string[];
  /** Pasted unchanged into many stories. */
  readonly backgrounders: readonly string[];
  readonly storyBoxes: readonly { readonly name: string; readonly blurb: string }[];
  /** Words of the page's own furniture. */
  readonly furniture: {
    readonly follow: string;
    readonly timeline: string;
    readonly library: string;
    readonly subscribe: string;
    readonly digest: string;
    readonly more: string;
    readonly updated: string;
    readonly home: string;
  };
  /** Between sentences of one paragraph: a blank, or nothing in Chinese and Japanese. */
  readonly gap: string;
}

/** @returns every consonant before every vowel: the syllables of a script that writes both. */
export function syllablesOf(consonants: string, vowels: string): string[] {
  return Array.from(consonants).flatMap((consonant) => Array.from(vowels).map((vowel) => consonant + vowel));
}

/** @returns a country that needs no more than its name. */
export function plainCountry(name: string): CountryForms {
  return { tag: name, forms: { name } };
}

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

/** @returns the template with every `{slot}` filled; each occurrence is drawn anew, the frame's own slots stay the same. */
export function fillTemplate(template: string, frame: StoryFrame, random: SeededRandom): string {
  const text = template.replace(/\{([a-zA-Z.]+)\}/g, (_, slot: string) => fillSlot(slot, frame, random));
  return text.charAt(0).toUpperCase() + text.slice(1);
}
