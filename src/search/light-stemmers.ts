/** Endings that a word may bear, in the order in which they follow it: of each slot at most one is taken off, the last slot first. */
interface Endings {
  readonly slots: readonly (readonly string[])[];
  /** Letters that a stem keeps at least. */
  readonly stemMin: number;
  /** Last letter of a stem → the letter that stands for it, where endings change it. */
  readonly alternations?: Readonly<Record<string, string>>;
}

const words = (text: string): string[] => text.split(' ').sort((a, b) => b.length - a.length);

/**
 * Nouns: plural, whose it is, case. The Turkish stemmer fails on Azerbaijani: `prezidenti` becomes `prezi`, `ə` is no vowel to it. Whether an
 * `n` or a vowel before an ending is the word's own (`Azərbaycan-ın`) or the ending's (`Bakı-nın`) cannot be told: it goes from both.
 */
const AZERBAIJANI: Endings = {
  slots: [
    words('ı i u ü'),
    words('ya yə a ə'),
    words('lar lər'),
    words('ımız imiz umuz ümüz ınız iniz unuz ünüz sı si su sü ı i u ü'),
    words('n'),
    words('ın in un ün dan dən da də ya yə nı ni nu nü yı yi yu yü na nə sı si su sü ı i u ü a ə yla ylə'),
    words('dır dir dur dür kı ki'),
  ],
  stemMin: 3,
  alternations: { ğ: 'q', y: 'k' },
};

/**
 * Nouns: article, case, plural, and the endings of abstract ones. The Armenian stemmer, which follows it, leaves them on short words:
 * `գնացքը` and `գնացք` stay two to it.
 */
const ARMENIAN: Endings = {
  slots: [
    words('ություն ության ությամբ ությու ությա'),
    words('ն'),
    words('եր ներ'),
    words('ն'),
    words('ի ու ում ից ով ուց'),
    words('ը ն ս դ'),
  ],
  stemMin: 3,
};

/** Nouns: plural, case, postposition, as Georgian writes them together. */
const GEORGIAN: Endings = {
  slots: [
    words('ებ'),
    words('ისა ის ით ითა ად ადა მა სა ს ი ო ა ე თა ნი'),
    words('თვის ში ზე თან დან მდე კენ ვით ც აც'),
  ],
  stemMin: 3,
};

/** Nouns: plural, whose it is, the article of relative clauses. Joiners are gone, so that endings touch the word. */
const PERSIAN: Endings = {
  slots: [words('ها های هایی ان ات ین'), words('مان تان شان اش ام ات ی'), words('ی را')],
  stemMin: 3,
};

function stripper({ slots, stemMin, alternations = {} }: Endings): (word: string) => string {
  const slotsFromEnd = [...slots].reverse();
  return (word) => {
    let stem = word;
    for (const endings of slotsFromEnd) {
      const ending = endings.find((one) => stem.endsWith(one) && stem.length - one.length >= stemMin);
      if (ending !== undefined) stem = stem.slice(0, -ending.length);
    }
    const last = stem.at(-1) ?? '';
    return stem.slice(0, -1) + (alternations[last] ?? last);
  };
}

/** Stemmers of our own, by language, for those that have none in the Snowball family or fail with its nearest one. */
export const LIGHT_STEMMERS: Readonly<Record<'az' | 'hy' | 'ka' | 'fa', (word: string) => string>> = {
  az: stripper(AZERBAIJANI),
  hy: stripper(ARMENIAN),
  ka: stripper(GEORGIAN),
  fa: stripper(PERSIAN),
};
