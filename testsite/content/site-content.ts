import type { EditionProfile } from './edition-profiles.js';
import type { TestSiteSettings } from './test-site-options.js';
import { familyProfiles } from './populate.js';
import { seededRandom } from './seeded-random.js';
import { addTagChange, editChange, reissueChange, withdrawChange } from './story-changes.js';
import type { EditRequest } from './story-changes.js';
import type { PageForm, Story, StoryContent, StoryTag, Withdrawal } from './story.js';
import { truthOf } from './truth.js';
import type { TruthArticle } from './truth.js';
import type { World } from './world.js';
import { countryTag, keywordTag } from './tag-urls.js';
import { writeStory } from './write-story.js';

export type TopicId = 'armenia' | 'azerbaijan';

/** A story to be published. */
export interface PublishRequest {
  /** Default: the family of the first edition. */
  readonly family?: string;
  /** Default: both. Empty: off topic. */
  readonly topics?: readonly TopicId[];
  /** Milliseconds since the epoch, cut to the minute; in the future: appears then. Default: now. */
  readonly at?: number;
  readonly title?: string;
  readonly lead?: string | null;
  /** Paragraphs in place of written ones. */
  readonly paragraphs?: readonly string[];
  readonly form?: PageForm;
  /** Article id whose text it repeats, whole (`exact`) or with a new title and a paragraph more (`near`). */
  readonly copyOf?: { readonly articleId: string; readonly kind: 'exact' | 'near' };
}

/** What happens on the site while time passes. Every change takes effect at the clock's now, or at its scheduled instant. */
export interface SiteContent {
  /** What each edition shows at `at` (default: now), withdrawn articles included, unpublished ones not. */
  truth(at?: number): readonly TruthArticle[];
  /** All states that one article of an edition has gone through by now, oldest first, with the instant each began. */
  history(edition: string, articleId: string): readonly { readonly from: number; readonly article: TruthArticle }[];
  /** @returns the new article's id. */
  publish(request?: PublishRequest): string;
  edit(articleId: string, request: EditRequest): void;
  withdraw(articleId: string, how: Withdrawal): void;
  /** Puts the article under a new date, its old URL redirecting. `publishedAt`: milliseconds since the epoch. */
  reissue(articleId: string, publishedAt: number): void;
  /** Adds a topic's tag, or a keyword of this name; `silent`: without a new modification time. */
  addTag(articleId: string, tag: TopicId | { readonly name: string }, silent?: boolean): void;
  /** Makes changes when the clock has reached `at`; they count from `at`, however late the next request comes. */
  schedule(at: number, makeChanges: (content: SiteContent) => void): void;
  /** Makes the changes that are due. Called before every request. @returns the clock's now. */
  readonly advance: () => number;
  /** Paths of an edition's published articles that carry both topics' tags, oldest first, at most three. */
  seedArticles(edition: string): readonly string[];
}

const MINUTE_MS = 60_000;

class StoryEditor {
  readonly #world: World;
  readonly #settings: TestSiteSettings;
  readonly #families: ReadonlyMap<string, EditionProfile>;
  readonly #agenda: { readonly at: number; readonly makeChanges: (content: SiteContent) => void }[] = [];
  #published = 0;
  /** Instant that scheduled changes count from, null outside of them. */
  #changeAt: number | null = null;

  constructor(world: World, settings: TestSiteSettings) {
    this.#world = world;
    this.#settings = settings;
    this.#families = new Map(familyProfiles(world).map((profile) => [profile.family, profile]));
  }

  now(): number {
    return this.#changeAt ?? this.#settings.clock.now();
  }

  familyProfile(family: string): EditionProfile {
    const profile = this.#families.get(family);
    if (profile === undefined) throw new RangeError(`no edition of this family: ${family}`);
    return profile;
  }

  schedule(at: number, makeChanges: (content: SiteContent) => void): void {
    this.#agenda.push({ at, makeChanges });
    this.#agenda.sort((a, b) => a.at - b.at);
  }

  advance(content: SiteContent): number {
    const now = this.#settings.clock.now();
    for (let next = this.#agenda[0]; next !== undefined && next.at <= now; next = this.#agenda[0]) {
      this.#agenda.shift();
      this.#changeAt = next.at;
      try {
        next.makeChanges(content);
      } finally {
        this.#changeAt = null;
      }
    }
    return now;
  }

  publish(request: PublishRequest): string {
    const [firstFamily] = this.#families.keys();
    const profile = this.familyProfile(request.family ?? firstFamily ?? '');
    const stories = this.#world.stories(profile.family);
    this.#published += 1;
    const random = seededRandom(`${this.#settings.seed}/${profile.family}/published/${this.#published}`);
    const newestId = stories.reduce((max, story) => Math.max(max, Number(story.articleId)), profile.firstArticleId);
    const articleId = String(newestId + random.whole(1, 7));
    const publishedAt = Math.floor((request.at ?? this.now()) / MINUTE_MS) * MINUTE_MS;
    const topics = request.topics ?? ['armenia', 'azerbaijan'];
    const about = { armenia: topics.includes('armenia'), azerbaijan: topics.includes('azerbaijan') };
    const form = request.form ?? (profile.engine === 'ria' ? 'ria' : 'current');
    const earlier = stories
      .filter((story) => story.first.publishedAt < publishedAt)
      .slice(-40)
      .map(({ articleId: id, first }) => ({ articleId: id, path: first.path, title: first.title }));
    const written = writeStory({ profile, articleId, publishedAt, about, form, earlier, random });
    const copyOf = request.copyOf ?? null;
    const source = copyOf === null ? null : this.#world.story(copyOf.articleId).first;
    const base = source === null || copyOf === null ? written : copyContent(written, source, copyOf.kind);
    this.#world.add({ family: profile.family, articleId, first: overrideTexts(base, request), copyOf, changes: [] });
    return articleId;
  }
}

/** The other story's text on the new story's page; `near`: a new title and one paragraph more. */
function copyContent(own: StoryContent, source: StoryContent, kind: 'exact' | 'near'): StoryContent {
  const { secondTitle, lead, dateline, tags, section } = source;
  const copied = {
    ...own,
    form: source.form,
    title: source.title,
    secondTitle,
    lead,
    dateline,
    blocks: source.blocks,
    tags,
    section,
  };
  if (kind === 'exact') return copied;
  // Not the first paragraph: that one carries the dateline.
  const addition = own.blocks.filter((block) => block.type === 'text').at(-1);
  return { ...copied, title: own.title, blocks: addition === undefined ? source.blocks : [...source.blocks, addition] };
}

function overrideTexts(content: StoryContent, request: PublishRequest): StoryContent {
  const blocks = request.paragraphs?.map((text) => ({
    type: 'text' as const,
    runs: [{ kind: 'plain' as const, text }],
  }));
  return {
    ...content,
    title: request.title ?? content.title,
    secondTitle: request.title === undefined && request.lead === undefined ? content.secondTitle : null,
    lead: request.lead === undefined ? content.lead : request.lead,
    dateline: request.lead === undefined && blocks === undefined ? content.dateline : null,
    blocks: blocks ?? content.blocks,
  };
}

/** Publishes the pairs that `settings.duplicates` asks for, each copy some time after its original. */
function publishCopies(world: World, settings: TestSiteSettings, content: SiteContent): void {
  const now = settings.clock.now();
  for (const { family } of familyProfiles(world)) {
    const originals = world
      .stories(family)
      .filter((story) => story.first.form !== 'old' && story.first.publishedAt < now - 90 * MINUTE_MS);
    const wanted = [
      ...Array<'exact'>(settings.duplicates.exact).fill('exact'),
      ...Array<'near'>(settings.duplicates.near).fill('near'),
    ];
    const onTopic = originals.filter((story) => isOnTopic(world, story));
    for (const [index, kind] of wanted.entries()) {
      const original = onTopic[Math.floor(((index + 0.5) * onTopic.length) / wanted.length)];
      if (original === undefined) throw new RangeError('not enough on-topic stories for the duplicates asked for');
      const at = original.first.publishedAt + 37 * MINUTE_MS;
      content.publish({ family, at, copyOf: { articleId: original.articleId, kind } });
    }
  }
}

function isOnTopic(world: World, story: Story): boolean {
  const profile = world.profiles.find((candidate) => candidate.family === story.family);
  return profile !== undefined && truthOf(world.state(profile.id, story, 0)).onTopic;
}

function tagFor(profile: EditionProfile, tag: TopicId | { readonly name: string }): StoryTag {
  return typeof tag === 'string' ? countryTag(profile.grammar[tag]) : keywordTag(tag.name);
}

export function createSiteContent(world: World, settings: TestSiteSettings): SiteContent {
  const editor = new StoryEditor(world, settings);
  const truth = (at?: number): TruthArticle[] => {
    const now = at ?? content.advance();
    return world.profiles.flatMap((profile) =>
      world.stories(profile.family).flatMap((story) => {
        const page = world.page(profile.id, story, now);
        return page === null ? [] : [truthOf(page)];
      }),
    );
  };
  const content: SiteContent = {
    truth,
    history: (edition, articleId) => {
      const now = content.advance();
      const story = world.story(articleId);
      const starts = [story.first.publishedAt, ...story.changes.map((change) => change.at)];
      return starts.flatMap((from, version) =>
        from <= now ? [{ from, article: truthOf(world.state(edition, story, version)) }] : [],
      );
    },
    publish: (request = {}) => editor.publish(request),
    edit: (articleId, request) => {
      world.change(articleId, editChange(request, editor.now()));
    },
    withdraw: (articleId, how) => {
      world.change(articleId, withdrawChange(how, editor.now()));
    },
    reissue: (articleId, publishedAt) => {
      const { offsetMinutes } = editor.familyProfile(world.story(articleId).family);
      world.change(
        articleId,
        reissueChange(Math.floor(publishedAt / MINUTE_MS) * MINUTE_MS, offsetMinutes, editor.now()),
      );
    },
    addTag: (articleId, tag, silent = false) => {
      const profile = editor.familyProfile(world.story(articleId).family);
      world.change(articleId, addTagChange(tagFor(profile, tag), silent, editor.now()));
    },
    schedule: (at, makeChanges) => {
      editor.schedule(at, makeChanges);
    },
    advance: () => editor.advance(content),
    seedArticles: (edition) =>
      truth()
        .filter((article) => article.edition === edition && article.topics.length === 2 && article.withdrawn === null)
        .slice(0, 3)
        .map((article) => new URL(article.url).pathname),
  };
  publishCopies(world, settings, content);
  return content;
}
