import { attributeOf, type TreeElement } from './page-tree.js';

type Script = 'super' | 'sub';

/** Pairs of a character and its form above or below the line, as far as Unicode has one. */
const FORMS: Readonly<Record<Script, ReadonlyMap<string, string>>> = {
  super: pairs(
    '0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻–⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻ' +
      'AᴬBᴮDᴰEᴱGᴳHᴴIᴵJᴶKᴷLᴸMᴹNᴺOᴼPᴾRᴿTᵀUᵁVⱽWᵂβᵝγᵞδᵟθᶿφᵠχᵡ',
  ),
  sub: pairs('0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋–₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨφᵩχᵪ'),
};
const SIGNS: Readonly<Record<Script, string>> = { super: '^', sub: '_' };
/** Stand above the line by themselves. */
const RAISED_MARKS = /^[®™©℠°ºª′″†‡*⁰¹²³⁴-⁹]+$/;
const VERTICAL_ALIGN = /vertical-align\s*:\s*(super|sub)\b/i;

function pairs(text: string): ReadonlyMap<string, string> {
  const characters = Array.from(text);
  return new Map(characters.flatMap((one, at) => (at % 2 === 0 ? [[one, characters[at + 1] ?? one] as const] : [])));
}

/** @returns whether the element stands above or below the line; null: it does not. */
export function scriptOf(element: TreeElement): Script | null {
  if (element.name === 'sup') return 'super';
  if (element.name === 'sub') return 'sub';
  if (element.attributes.length === 0) return null;
  const align = VERTICAL_ALIGN.exec(attributeOf(element, 'style') ?? '')?.[1];
  return align === undefined ? null : align.toLowerCase() === 'super' ? 'super' : 'sub';
}

/**
 * Writes text that stands above or below the line so that it stays apart from what it follows: 10⁶ is not 106.
 *
 * @param raw  The text, white space as in the source.
 * @returns    Unicode's own forms where all of it has them; else the text behind `^` or `_`, in brackets where it is
 *             more than a word. A blank behind it stays. Pure.
 */
export function raiseText(raw: string, script: Script): string {
  const text = raw.trim();
  if (text === '' || RAISED_MARKS.test(text)) return raw;
  const forms = Array.from(text.replace(/\s+/g, ''), (character) => FORMS[script].get(character));
  const isWord = /^(?:[\p{L}\p{M}\p{Nd}]+|.|\[.*\])$/su.test(text);
  const raised = forms.every((form) => form !== undefined)
    ? forms.join('')
    : `${SIGNS[script]}${isWord ? text : `(${text})`}`;
  return `${raised}${/\s$/.test(raw) ? ' ' : ''}`;
}

/** @returns whether the element is a reading beside the characters of a ruby that puts no brackets around it itself. */
export function isBareReading({ name, parent }: TreeElement): boolean {
  if (name !== 'rt' && name !== 'rtc') return false;
  return parent?.children.every((child) => typeof child === 'string' || child.name !== 'rp') ?? true;
}
