import { Converter } from 'opencc-js/cn2t';

import type { EditionProfile } from './edition-profiles.js';
import { mapTexts } from './story.js';
import type { Story, StoryChange, StoryContent } from './story.js';

/** A story as one edition shows it at one moment. */
export interface PageState {
  readonly profile: EditionProfile;
  readonly story: Story;
  readonly content: StoryContent;
  /** Number of changes in force: names the state. */
  readonly version: number;
}

type MakeConverter = (options: { readonly from: 'cn'; readonly to: 't' }) => (text: string) => string;

// The package's declarations do not resolve under NodeNext; this is the part of them that is used.
const toTraditional = (Converter as unknown as MakeConverter)({ from: 'cn', to: 't' });

/** @returns the profile with the page's own texts in the edition's script. */
function inOwnScript(profile: EditionProfile): EditionProfile {
  if (profile.script === 'own') return profile;
  const { pageTexts } = profile.grammar;
  const converted = Object.fromEntries(Object.entries(pageTexts).map(([key, text]) => [key, toTraditional(text)]));
  return {
    ...profile,
    agency: toTraditional(profile.agency),
    siteName: toTraditional(profile.siteName),
    grammar: { ...profile.grammar, pageTexts: { ...pageTexts, ...converted } },
  };
}

/** How many changes are in force at an instant. */
function versionAt(story: Story, now: number): number {
  let version = 0;
  for (const change of story.changes) {
    if (change.at <= now) version += 1;
  }
  return version;
}

/** All stories of all families, and what each edition shows of them at any moment. No server, no clock. */
export class World {
  readonly #profiles: ReadonlyMap<string, EditionProfile>;
  readonly #families = new Map<string, Story[]>();
  readonly #byId = new Map<string, Story>();
  readonly #contents = new WeakMap<Story, StoryContent[]>();
  readonly #traditional = new WeakMap<StoryContent, StoryContent>();
  /** Grows with every change, so that lists know when they are out of date. */
  revision = 0;

  constructor(profiles: readonly EditionProfile[]) {
    this.#profiles = new Map(profiles.map((profile) => [profile.id, inOwnScript(profile)]));
    for (const profile of profiles) this.#families.set(profile.family, []);
  }

  get profiles(): readonly EditionProfile[] {
    return [...this.#profiles.values()];
  }

  profile(edition: string): EditionProfile {
    const profile = this.#profiles.get(edition);
    if (profile === undefined) throw new RangeError(`not among the test site's editions: ${edition}`);
    return profile;
  }

  stories(family: string): readonly Story[] {
    return this.#families.get(family) ?? [];
  }

  add(story: Story): void {
    if (this.#byId.has(story.articleId)) throw new RangeError(`article id used twice: ${story.articleId}`);
    const family = this.#families.get(story.family);
    if (family === undefined) throw new RangeError(`no edition of this family: ${story.family}`);
    this.#byId.set(story.articleId, story);
    family.push(story);
    this.revision += 1;
  }

  story(articleId: string): Story {
    const story = this.#byId.get(articleId);
    if (story === undefined) throw new RangeError(`no such story: ${articleId}`);
    return story;
  }

  find(family: string, articleId: string): Story | null {
    const story = this.#byId.get(articleId);
    return story?.family === family ? story : null;
  }

  /** Adds a change that is in force from `change.at` on; changes apply in order of time. */
  change(articleId: string, change: StoryChange): void {
    const story = this.story(articleId);
    story.changes.push(change);
    story.changes.sort((a, b) => a.at - b.at);
    this.#contents.delete(story);
    this.revision += 1;
  }

  #content(story: Story, version: number): StoryContent {
    let states = this.#contents.get(story);
    if (states === undefined) {
      states = [story.first];
      for (const change of story.changes) {
        const before = states.at(-1) ?? story.first;
        states.push(change.apply(before, change.at));
      }
      this.#contents.set(story, states);
    }
    return states[version] ?? story.first;
  }

  /** @returns what the edition shows of the story at `now`, null while it is not yet published. */
  page(edition: string, story: Story, now: number): PageState | null {
    if (story.first.publishedAt > now) return null;
    return this.state(edition, story, versionAt(story, now));
  }

  /** @returns the numbered state of a story, whatever the time. */
  state(edition: string, story: Story, version: number): PageState {
    const profile = this.profile(edition);
    const own = this.#content(story, version);
    if (profile.script === 'own') return { profile, story, content: own, version };
    let converted = this.#traditional.get(own);
    if (converted === undefined) {
      converted = mapTexts(own, toTraditional);
      this.#traditional.set(own, converted);
    }
    return { profile, story, content: converted, version };
  }
}
