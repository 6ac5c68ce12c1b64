import { describe, expect, it } from 'vitest';
import { normaliseAuthors } from '../../../src/normalise/normalise-text-fields.js';
import type { PageFields } from '../../../src/sputnik/extractors/extractor.js';

describe('normaliseAuthors', () => {
  it.each([
    ['Anna Sample, გიორგი ბერიძე', ['Anna Sample', 'გიორგი ბერიძე']],
    ['Иван Примеров, политолог', ['Иван Примеров']],
    ['Rui Costa e Silva Pereira', ['Rui Costa e Silva Pereira']],
    ['José Ortega y Gasset López', ['José Ortega y Gasset López']],
    ['Анна Примерова и Давид Образцов', ['Анна Примерова', 'Давид Образцов']],
    ['ria.ru/authors/petrov', []],
    ['作者：李明', ['李明']],
    ['Автор:Иван Примеров', ['Иван Примеров']],
    ['Byron Sample', ['Byron Sample']],
    ['Haber Merkezi', []],
    ['记者 李明', ['李明']],
    ['Redakcja', []],
    ['Редакција', []],
    ['რედაქცია', []],
    ['Redacția', []],
    ['Анна Редактина', ['Анна Редактина']],
    ['Agence France Presse', []],
  ])('reads "%s"', (value, names) => {
    const fields = { authors: [{ value, source: 'author' }] } as unknown as PageFields;
    expect(normaliseAuthors(fields).value).toEqual(names);
  });
});
