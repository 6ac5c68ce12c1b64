import { foldText } from '../normalise/fold-text.js';

/**
 * Words for small numbers, `one` left out since it is an article as well; those that decline in the forms that news uses. Two and
 * more words of one language may stand for one number.
 */
const WORDS: Readonly<Record<number, string>> = {
  2: 'two два две двух двое двум երկու երկուսը iki dos deux دو اثنان اثنين ორი',
  3: 'three три трёх трех трое трём երեք երեքը üç tres trois سه ثلاثة ثلاث სამი',
  4: 'four четыре четырёх четырех четверо չորս dört dörd cuatro quatre چهار أربعة أربع ოთხი',
  5: 'five пять пяти пятеро пятерых հինգ beş cinco cinq پنج خمسة خمس ხუთი',
  6: 'six шесть шести шестеро վեց altı seis شش ستة ست ექვსი',
  7: 'seven семь семи семеро յոթ yedi yeddi siete sept هفت سبعة سبع შვიდი',
  8: 'eight восемь восьми ութ sekiz səkkiz ocho huit هشت ثمانية ثماني რვა',
  9: 'nine девять девяти ինը ինն dokuz doqquz nueve neuf نه تسعة تسع ცხრა',
  10: 'ten десять десяти տասը տասն on diez dix ده عشرة عشر ათი',
  11: 'eleven одиннадцать տասնմեկ once onze یازده თერთმეტი',
  12: 'twelve двенадцать տասներկու doce douze دوازده თორმეტი',
  15: 'fifteen пятнадцать տասնհինգ quince quinze پانزده',
  20: 'twenty двадцать քսան yirmi iyirmi veinte vingt بیست عشرون عشرين ოცი',
  30: 'thirty тридцать երեսուն otuz treinta trente سی ثلاثون ثلاثين',
  40: 'forty сорок քառասուն kırk qırx cuarenta quarante چهل أربعون',
  50: 'fifty пятьдесят հիսուն elli əlli cincuenta cinquante پنجاه خمسون',
};
/** Short words of one language that are other words of another. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['on', 'once', 'نه', 'six', 'dix']);

const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries(WORDS).flatMap(([value, words]) =>
    words
      .split(' ')
      .filter((word) => !AMBIGUOUS.has(word))
      .map((word): [string, number] => [foldText(word), Number(value)]),
  ),
);

/** @returns the number that a folded word stands for, null if it is none. */
export function numberOfWord(foldedWord: string): number | null {
  return NUMBERS.get(foldedWord) ?? null;
}

const DIGITS = '零一二三四五六七八九';
const UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1_000, 万: 10_000, 亿: 100_000_000 };

/** @returns the number that Chinese numerals stand for (`三十五`, `两百`, `二〇二四`), folded or not. Pure. */
export function numberOfNumerals(numerals: string): number {
  let [total, section, digit] = [0, 0, 0];
  let isPositional = true;
  for (const character of foldText(numerals).replaceAll('〇', '零').replaceAll('两', '二')) {
    const value = DIGITS.indexOf(character);
    const unit = UNITS[character];
    if (value >= 0) {
      digit = isPositional ? digit * 10 + value : value;
    } else if (unit !== undefined) {
      if (unit >= 10_000) {
        total = (total + section + digit) * unit;
        section = 0;
      } else section += (digit === 0 ? 1 : digit) * unit;
      digit = 0;
      isPositional = false;
    }
  }
  return total + section + digit;
}
