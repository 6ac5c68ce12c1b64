import { describe, expect, it } from 'vitest';
import { contentHashOf } from '../../../src/dedupe/comparable-text.js';
import { fingerprintOf } from '../../../src/dedupe/fingerprint.js';
import { write } from './random-text.js';

describe('contentHashOf', () => {
  const simplified = write(
    '俄外交部:已采取措施',
    '发言人说,双方应当克制,谈判将继续,请读者关注后续。',
    '里程碑式的声明说:“面对复杂局势,只有干净的能源。”',
  );
  const traditional = write(
    '俄外交部：已採取措施',
    '發言人說，雙方應當克制，談判將繼續，請讀者關注後續。',
    '里程碑式的聲明說：「面對複雜局勢，只有乾淨的能源。」',
  );

  it('is the same for the Simplified and the Traditional edition', () => {
    expect(contentHashOf(simplified)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(contentHashOf(traditional)).toBe(contentHashOf(simplified));
    expect(fingerprintOf(traditional)).toEqual(fingerprintOf(simplified));
  });

  it('does not depend on the dateline, wherever it stands', () => {
    const dateline = 'МОСКВА, 31 мая - РИА Новости.';
    const plain = write('Заголовок', 'Лид новости.', 'Первый абзац.');
    const inLead = { ...write('Заголовок', `${dateline} Лид новости.`, 'Первый абзац.'), dateline };
    const inBody = { ...write('Заголовок', 'Лид новости.', `${dateline} Первый абзац.`), dateline };
    expect(contentHashOf(inLead)).toBe(contentHashOf(plain));
    expect(contentHashOf(inBody)).toBe(contentHashOf(plain));
  });

  it('does not depend on where the lead ends and paragraphs break', () => {
    expect(contentHashOf(write('T', 'Lead one.', 'Two.', 'Three.'))).toBe(
      contentHashOf(write('T', null, 'Lead one. Two.\nThree.')),
    );
  });

  it('does not let numbers of two paragraphs run together', () => {
    expect(contentHashOf(write('T', 'In 2020', '5 men'))).not.toBe(contentHashOf(write('T', 'In 20205 men')));
  });

  it('keeps title and text apart', () => {
    expect(contentHashOf(write('One two', 'three'))).not.toBe(contentHashOf(write('One', 'two three')));
  });

  it.each([
    ['12 человек', '13 человек'],
    ['1.5 млн', '15 млн'],
    ['он не приехал', 'он приехал'],
    ['Алиев сказал', 'Пашинян сказал'],
  ])('tells "%s" from "%s"', (a, b) => {
    expect(contentHashOf(write('T', `Вчера ${a}.`))).not.toBe(contentHashOf(write('T', `Вчера ${b}.`)));
  });
});
