import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createOutput } from '../../../src/cli/output/text-output.js';
import { displayWidth } from '../../../src/cli/output/wrap-text.js';

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
      output.prose(['four']);
      output.table([['five'], ['six']]);
      output.line();
      output.document({ count: 3 });
    }
    expect(forPeople.text()).toBe('one\ntwo\nthree\nfour\nfive\nsix\n\n');
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
      'un\u200bseen \ufeff\u{e0041}\u2060, ends\u2028a line, half \ud800, می\u200cخواهم',
    ]);
    expect(text()).toBe(
      'safe \ufffdtxt.exe\ufffd\n\ufffdisolate\ufffd\nred \ufffd[31m, bell \ufffd, C1 \ufffd\nשלום\u200F עולם\nun\ufffdseen \ufffd\ufffd\ufffd, ends\ufffda line, half \ufffd, می\u200cخواهم\n',
    );
  });

  it('shows what stands there unseen or covers other lines, and leaves what scripts and emoji need', () => {
    const { stream, text } = sink();
    const output = createOutput(false, stream);
    output.lines([
      'a\u115fb\u1160c\u3164d\uffa0e\u034ff',
      `Z${'\u0300\u0489'.repeat(500)}algo`,
      'a\ufe0f b\u{e0101} c\ufe00 d\u180b',
      '❤\ufe0f 1\ufe0f\u20e3 葛\u{e0101} 👩\u200d🚀 ก็่ Việt שָׁלוֹם',
      'one\ttwo',
    ]);
    expect(text().split('\n')).toEqual([
      'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf',
      `Z${'\u0300\u0489'.repeat(4)}\ufffdalgo`,
      'a\ufffd b\ufffd c\ufffd d\ufffd',
      '❤\ufe0f 1\ufe0f\u20e3 葛\u{e0101} 👩\u200d🚀 ก็่ Việt שָׁלוֹם',
      'one two',
      '',
    ]);
    const value = { floods: `Z${'\u0300'.repeat(20)}`, fillers: 'a\u3164\u{e0101}' };
    const json = sink();
    createOutput(true, json.stream).document(value);
    expect(json.text()).not.toMatch(/\u3164|\u0300{9}/);
    expect(JSON.parse(json.text())).toEqual(value);
  });

  it('gives a terminal a document that it does not obey, with the same values', () => {
    const { stream, text } = sink();
    const value = { '\u009bkey': 'C1 \u009b31m \u007f \u202Etxt \u{e0041} \u001b \ud800 "\\"', lines: 'a\nb' };
    createOutput(true, stream).document(value);
    expect(text()).toMatch(/^[\n\x20-\x7e]*$/);
    expect(JSON.parse(text())).toEqual(value);
  });

  it('keeps to the width of a terminal, and gives a pipe its lines whole, but for prose', () => {
    const long = 'word '.repeat(60).trimEnd();
    const [narrow, pipe, prose] = [sink(), sink(), sink()];
    createOutput(false, narrow.stream, 40).lines([long]);
    createOutput(false, pipe.stream).lines([long]);
    createOutput(false, prose.stream).prose([long]);
    expect(Math.max(...narrow.text().split('\n').map(displayWidth))).toBeLessThanOrEqual(40);
    expect(pipe.text()).toBe(`${long}\n`);
    expect(Math.max(...prose.text().split('\n').map(displayWidth))).toBeLessThanOrEqual(100);
  });
});
