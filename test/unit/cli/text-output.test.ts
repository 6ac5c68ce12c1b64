import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createOutput, createProgressLine, layOutTable } from '../../../src/cli/output/text-output.js';

function sink() {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => written.join('') };
}

describe('the output of a verb', () => {
  it('is lines for people, or one document for scripts, never both', () => {
    const [forPeople, forScripts] = [sink(), sink()];
    for (const [json, { stream }] of [
      [false, forPeople],
      [true, forScripts],
    ] as const) {
      const output = createOutput(json, stream);
      output.line('one');
      output.lines(['two', 'three']);
      output.line();
      output.document({ count: 3 });
    }
    expect(forPeople.text()).toBe('one\ntwo\nthree\n\n');
    expect(JSON.parse(forScripts.text())).toEqual({ count: 3 });
  });

  it('shows what would steer a terminal or turn the direction of the text, and obeys none of it', () => {
    const { stream, text } = sink();
    const output = createOutput(false, stream);
    output.lines([
      'safe \u202Etxt.exe\u202C',
      '\u2066isolate\u2069',
      'red \u001b[31m, bell \u0007, C1 \u009b',
      'שלום\u200F עולם',
    ]);
    expect(text()).toBe(
      'safe \ufffdtxt.exe\ufffd\n\ufffdisolate\ufffd\nred \ufffd[31m, bell \ufffd, C1 \ufffd\nשלום\u200F עולם\n',
    );
  });

  it('lays rows out in columns, numbers to the right, wide characters counted twice', () => {
    expect(
      layOutTable([
        ['topic', 'pages'],
        ['亞美尼亞', 7],
        ['a', 1200],
      ]),
    ).toEqual(['topic     pages', '亞美尼亞      7', 'a          1200']);
  });

  it('shows progress on a terminal alone', () => {
    const { stream, text } = sink();
    const file = Object.assign(stream, { isTTY: false, columns: 80 }) as unknown as NodeJS.WriteStream;
    const silent = createProgressLine(file, true);
    silent.show('found 1');
    silent.clear();
    expect(text()).toBe('');
    const terminal = createProgressLine(Object.assign(file, { isTTY: true }), true);
    terminal.clear();
    terminal.show('found 1');
    terminal.clear();
    expect(text()).toMatch(/^\r\S+found 1\r\S+$/);
  });
});
