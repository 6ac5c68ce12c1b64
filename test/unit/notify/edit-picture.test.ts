import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { drawEditPicture, PICTURE_WIDTH, wrapSpans } from '../../../src/notify/picture/draw-edit-picture.js';
import { noticeOf } from './sample-notices.js';

const textOf = (svg: string): string => svg.replace(/<[^>]*>/g, '');
const edit = (before: string | null, after: string | null) => ({ type: 'paragraph changed', before, after });

describe('the picture of an edit', () => {
  it('shows both wordings, what went struck out and what came underlined', () => {
    const { svg } = drawEditPicture(
      noticeOf({ kind: 'edit', title: 'A title', edits: [edit('Twelve trains run', 'Fourteen trains run')] }),
    );
    expect(svg).toMatch(/text-decoration="line-through">Twelve<\/tspan><tspan fill="[#\w]+"> trains run/);
    expect(svg).toMatch(/text-decoration="underline">Fourteen<\/tspan><tspan fill="[#\w]+"> trains run/);
  });

  it('is markup of ours alone, whatever the texts are', () => {
    const hostile = `</tspan><script>alert(1)</script>"'&\u0000\ud800<image href="https://evil.example/x.png"/>`;
    const { svg } = drawEditPicture(noticeOf({ title: hostile, summary: hostile, edits: [edit(hostile, null)] }));
    const names = new Set<string>();
    const walk = (nodes: ReturnType<typeof parseDocument>['children']): void => {
      for (const node of nodes) {
        if ('name' in node) names.add(node.name);
        if ('children' in node) walk(node.children);
      }
    };
    walk(parseDocument(svg, { xmlMode: true }).children);
    expect([...names].sort()).toEqual(['rect', 'svg', 'text', 'title', 'tspan']);
    expect(svg).not.toMatch(/<[^>]*(?:href|on\w+)=|\u0000/);
  });

  it('stays of a size that can be shared, however long the wordings are', () => {
    const long = '据统计，去年通过该走廊运输的货物为120万吨。'.repeat(90);
    const edits = Array.from({ length: 10 }, () => edit(long, long.replaceAll('120', '150')));
    const { svg, height } = drawEditPicture(noticeOf({ title: '长'.repeat(300), edits }));
    expect(height).toBeLessThan(3_000);
    expect(svg.length).toBeLessThan(60_000);
    expect(textOf(svg)).toContain('and 7 more');
  });

  it('is set from right to left in Arabic', () => {
    const article = { id: 'sarabic.ae/1', edition: 'sarabic.ae', language: 'ar', publishedAt: null, topics: [] };
    const { svg } = drawEditPicture(noticeOf({ article, title: 'عنوان', edits: [edit('قبل', 'بعد')] }));
    expect(svg).toContain('direction="rtl"');
    expect(svg).toContain(`<text x="${PICTURE_WIDTH - 56}"`);
  });
});

describe('wrapSpans', () => {
  it('parts Chinese anywhere and other scripts between words', () => {
    const lines = wrapSpans([{ kind: 'kept', text: '一二三四五六七' }], 3, 10);
    expect(lines.map((line) => line.map(({ text }) => text).join(''))).toEqual(['一二三', '四五六', '七']);
    const words = wrapSpans([{ kind: 'kept', text: 'one two three' }], 3, 10);
    expect(
      words.map((line) =>
        line
          .map(({ text }) => text)
          .join('')
          .trim(),
      ),
    ).toEqual(['one', 'two', 'three']);
  });

  it('ends with a sign where there are more lines', () => {
    const lines = wrapSpans([{ kind: 'added', text: 'word '.repeat(100) }], 10, 2);
    expect(lines).toHaveLength(2);
    expect(lines[1]?.at(-1)?.text).toMatch(/…$/);
  });
});
