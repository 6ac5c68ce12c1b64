import { describe, expect, it } from 'vitest';
import type { Edit } from '../../../src/edits/list-edits.js';
import { html } from '../../../src/web/markup/html.js';
import { changesOf } from '../../../src/web/pages/wording-change.js';

const SENTENCES = { before: 'الاجتماع في يريفان يوم 15 مايو', after: 'الاجتماع في باكو يوم 17 مايو' };

function told(...details: readonly Partial<Edit>[]): string {
  const edits = [{ type: 'paragraphChanged', ...SENTENCES }, ...details].map((edit) => ({
    ...{ weight: 'substantive', ...edit },
  })) as Edit[];
  return html`${changesOf(edits, 'ar')}`.text;
}

describe('an edit of a text that runs from right to left', () => {
  it('keeps each wording on its side of the arrow', () => {
    const body = told({ type: 'name', before: 'يريفان', after: 'باكو' });
    expect(body).toContain('<bdi>يريفان</bdi> → <bdi>باكو</bdi>');
  });

  it('escapes what was written', () => {
    expect(told({ type: 'name', before: '<b>', after: null })).toContain('<bdi>&lt;b&gt;</bdi>');
  });
});
