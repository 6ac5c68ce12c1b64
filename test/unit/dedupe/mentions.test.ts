import { describe, expect, it } from 'vitest';
import { namesOf, negationsOf, numbersOf, quotationsOf } from '../../../src/dedupe/mentions.js';

describe('numbersOf', () => {
  it.each([
    ['气温-5度，升至10度', ['-5', '10']],
    ['10 000, 10,000 и 1,5', ['10000', '10000', '1.5']],
    ['в 16:30 12.04.2023', ['16:30', '12.04.2023']],
    ['1992-1994, COVID-19', ['1992', '1994', '19']],
    ['１２人', ['12']],
    ['нет чисел', []],
    ['۳ نفر و ٢٥ نفر', ['3', '25']],
    ['三人死亡，二十五人受伤，周三一起讨论第三点', ['3', '25']],
    ['兩千零二十四年，三萬五千人，二〇二四年', ['2024', '35000', '2024']],
    ['Three killed, пять ранены, երկու, üç, cinco', ['3', '5', '2', '3', '5']],
  ])('reads %s', (text, numbers) => {
    expect(numbersOf(text)).toEqual(numbers);
  });
});

describe('namesOf', () => {
  it.each([
    ['Премьер Никол Пашинян заявил. Он сказал, что Баку готов', ['Премьер', 'Никол', 'Пашинян', 'Баку']],
    ['The minister met Aliyev. But nobody spoke.', ['Aliyev']],
    ['Նիկոլ Փաշինյանը ժամանեց Երևան', ['Նիկոլ', 'Փաշինյանը', 'Երևան']],
    ['發言人扎哈羅娃，謝爾蓋·阿克肖諾夫', ['扎哈羅娃', '謝爾蓋·阿克肖諾夫']],
  ])('reads %s', (text, names) => {
    expect(namesOf(text).map(({ wording }) => wording)).toEqual(names);
  });
});

describe('negationsOf', () => {
  it.each([
    ['埃里温不同意', 1],
    ['埃里溫同意', 0],
    ['он не сказал ни слова', 2],
    ["they didn't and never will", 2],
    ['չի հայտարարել, ոչ', 2],
    ['razı deyil', 1],
    ['iştirak etməyəcək, gelmedi', 2],
    ['Russia denies, ведомство опровергло, bakanlık yalanladı', 3],
    ['俄方拒绝，此说被驳斥', 2],
    ['ne participera pas; no irá', 2],
    ['لم يحضر، نمی‌آید', 2],
    ['არ დაესწრება', 1],
    ['небо над Нилом', 0],
  ])('counts in %s', (text, count) => {
    expect(negationsOf(text)).toHaveLength(count);
  });
});

describe('quotationsOf', () => {
  it('reads quotation marks of all languages, mixed too', () => {
    const text = 'он: «раз два», she: “three four”, "пять”, 他說：「六七八」';
    expect(quotationsOf(text).map(({ wording }) => wording)).toEqual(['раз два', 'three four', 'пять', '六七八']);
  });
});
