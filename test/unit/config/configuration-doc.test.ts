import { describe, expect, it } from 'vitest';
import { SETTING_LIST } from '../../../src/config/environment.js';
import { renderConfiguration } from './render-configuration.js';

const doc = new URL('../../../docs/configuration.md', import.meta.url).pathname;

describe('docs/configuration.md', () => {
  it('says what the schema and the defaults say', async () => {
    await expect(renderConfiguration()).toMatchFileSnapshot(doc);
  });

  it('names every setting with its variable, what is allowed, and what it does', () => {
    const text = renderConfiguration();
    expect(SETTING_LIST.length).toBeGreaterThan(40);
    for (const { path, variable, allowed, meaning } of SETTING_LIST) {
      expect(text).toContain(`### \`${path.join('.')}\``);
      expect(text).toContain(`\`${variable}\``);
      expect(allowed).not.toBe('');
      expect(meaning).toMatch(/\.$/);
    }
  });
});
