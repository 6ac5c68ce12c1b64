import type { ArticleKey } from '../domain/page.js';
import type { ComparableText } from './comparable-text.js';

/** Prepared for comparison, a text takes about 150 bytes a character: 40 MB in all. */
const CHARACTERS_MAX = 262_144;

/**
 * Texts that were compared lately, each the same object as before: reading a record costs as much as comparing it, preparing it
 * more, and in a flood of copies it is one original that is asked for again and again. The least recently used go first.
 */
export class RecentTexts {
  private readonly texts = new Map<ArticleKey, { readonly text: ComparableText; readonly characters: number }>();
  private characters = 0;

  constructor(private readonly charactersMax = CHARACTERS_MAX) {}

  /** @param read  Called where the text is not at hand. */
  get(key: ArticleKey, read: () => ComparableText): ComparableText {
    const known = this.texts.get(key);
    if (known !== undefined) {
      this.texts.delete(key);
      this.texts.set(key, known);
      return known.text;
    }
    const text = read();
    const characters = text.body.reduce((sum, block) => sum + block.text.length, text.title.length);
    if (characters > this.charactersMax) return text;
    this.texts.set(key, { text, characters });
    this.characters += characters;
    for (const oldest of this.texts.keys()) {
      if (this.characters <= this.charactersMax) break;
      this.forget(oldest);
    }
    return text;
  }

  /** To be called whenever the article's text may have changed. */
  forget(key: ArticleKey): void {
    this.characters -= this.texts.get(key)?.characters ?? 0;
    this.texts.delete(key);
  }

  clear(): void {
    this.texts.clear();
    this.characters = 0;
  }
}
