/** A day and an hour as words, not yet looked at: the caller knows which days there are. */
interface WordedTime {
  readonly year: string | undefined;
  readonly month: number;
  readonly day: string | undefined;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly isUtc: boolean;
}

/** `14:05`, `10:05 GMT`. */
const CLOCK = /(?<![\d.:])(\d{1,2}):(\d{2})(?![\d:])(?:\s(GMT|UTC))?/;
/** `5 մարտի 2024`, `5. März 2024`, `5 de marzo de 2024`, `5-mart, 2024`. */
const DAY_MONTH_YEAR = /(?<!\d)(\d{1,2})(?:[ .-]|\. |-? de )(\p{L}[\p{L}\p{M}]{1,20})\.?,?(?: de)? (\d{4})(?!\d)/u;
/** `March 5, 2024`. */
const MONTH_DAY_YEAR = /(?<!\p{L})(\p{L}[\p{L}\p{M}]{1,20})\.? (\d{1,2}),? (\d{4})(?!\d)/u;
/** `2024年3月5日`. */
const HAN_DAY = /(\d{4})年(\d{1,2})月(\d{1,2})日/;

/**
 * Finds a day of which the month is a word, or that is written in Chinese or Japanese, and an hour before or after it.
 *
 * @param text      Short.
 * @param language  BCP 47: whose words the month may be.
 * @returns         Null where one of both is missing, or the word is no month. Pure.
 */
export function findWordedTime(text: string, language: string): WordedTime | null {
  const clock = CLOCK.exec(text);
  if (clock === null) return null;
  const [, hour, minute, zone] = clock;
  const time = { hour, minute, isUtc: zone !== undefined };
  const han = HAN_DAY.exec(text);
  if (han !== null) return { ...time, year: han[1], month: Number(han[2]), day: han[3] };
  const months = monthsOf(language);
  const [, first, word, year] = DAY_MONTH_YEAR.exec(text) ?? [];
  const month = months.get(foldMonth(word ?? ''));
  if (month !== undefined) return { ...time, year, month, day: first };
  const [, name, day, yearBehind] = MONTH_DAY_YEAR.exec(text) ?? [];
  const named = months.get(foldMonth(name ?? ''));
  return named === undefined ? null : { ...time, year: yearBehind, month: named, day };
}

const monthsByLanguage = new Map<string, ReadonlyMap<string, number>>();

/** The names of the months, long and short, by themselves and behind a day, as Unicode's CLDR has them. */
function monthsOf(language: string): ReadonlyMap<string, number> {
  const known = monthsByLanguage.get(language);
  if (known !== undefined) return known;
  const months = new Map<string, number>();
  for (const form of [
    { month: 'long', day: 'numeric' },
    { month: 'long' },
    { month: 'short', day: 'numeric' },
  ] as const) {
    const format = new Intl.DateTimeFormat(`${language}-u-ca-gregory`, { ...form, timeZone: 'UTC' });
    for (let month = 1; month <= 12; month += 1) {
      const parts = format.formatToParts(Date.UTC(2024, month - 1, 5));
      const name = parts.find(({ type }) => type === 'month')?.value;
      if (name !== undefined) months.set(foldMonth(name), month);
    }
  }
  monthsByLanguage.set(language, months);
  return months;
}

/** `İyun` and `iyun` are one. */
function foldMonth(name: string): string {
  return name.toLowerCase().replace('i\u0307', 'i').replace(/\.$/, '');
}
