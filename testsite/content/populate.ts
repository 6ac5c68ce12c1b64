import type { EditionProfile } from './edition-profiles.js';
import type { TestSiteSettings } from './test-site-options.js';
import { seededRandom } from './seeded-random.js';
import type { SeededRandom } from './seeded-random.js';
import type { PageForm, Story, StoryLink } from './story.js';
import type { World } from './world.js';
import { withDiverseText } from './diverse-texts.js';
import { writeStory } from './write-story.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Instants of a family's stories, oldest first, whole minutes, all different. */
function drawTimes(count: number, settings: TestSiteSettings, random: SeededRandom): number[] {
  const now = settings.clock.now();
  const from = Math.ceil((now - settings.days * DAY_MS) / MINUTE_MS);
  const until = Math.floor((now + settings.futureDays * DAY_MS) / MINUTE_MS) - 1;
  if (until - from + 1 < count) throw new RangeError('more stories than minutes: raise days');
  const minutes = new Set<number>();
  while (minutes.size < count) minutes.add(random.whole(from, until));
  return [...minutes].sort((a, b) => a - b).map((minute) => minute * MINUTE_MS);
}

function drawTopics(share: number, index: number, random: SeededRandom): { armenia: boolean; azerbaijan: boolean } {
  // The first two stories carry both topics: tag pages can be learned from them.
  if (index < 2) return { armenia: true, azerbaijan: true };
  if (!random.chance(share)) return { armenia: false, azerbaijan: false };
  const draw = random.next();
  return { armenia: draw < 0.65, azerbaijan: draw > 0.35 };
}

function drawForm(
  index: number,
  oldCount: number,
  settings: TestSiteSettings,
  profile: EditionProfile,
  random: SeededRandom,
): PageForm {
  if (index >= 2 && index < 2 + oldCount) return 'old';
  if (random.chance(settings.notArticleShare)) return random.pick(['gallery', 'video', 'poll']);
  if (profile.engine !== 'ria') return 'current';
  const draw = random.next();
  return draw < 0.05 ? 'longread' : draw < 0.1 ? 'live' : 'ria';
}

/** Writes all stories of one family into the world, in order of time. */
function populateFamily(world: World, profile: EditionProfile, count: number, settings: TestSiteSettings): void {
  const random = seededRandom(`${settings.seed}/${profile.family}`);
  const times = drawTimes(count, settings, random.fork('times'));
  const oldCount = settings.oldEngineShare > 0 ? Math.max(1, Math.round(count * settings.oldEngineShare)) : 0;
  const earlier: StoryLink[] = [];
  for (const [index, publishedAt] of times.entries()) {
    const own = random.fork(`story/${index}`);
    const articleId = String(profile.firstArticleId + index * 7 + own.whole(0, 6));
    const written = writeStory({
      profile,
      articleId,
      publishedAt,
      about: drawTopics(settings.onTopicShare, index, own),
      form: drawForm(index, oldCount, settings, profile, own),
      earlier,
      random: own,
    });
    const first = settings.diverseTexts ? withDiverseText(written, own.fork('diverse')) : written;
    const story: Story = { family: profile.family, articleId, first, copyOf: null, changes: [] };
    world.add(story);
    earlier.push({ articleId, path: first.path, title: first.title });
    if (earlier.length > 60) earlier.shift();
  }
}

/** @returns the profile that names each family: its first one. */
export function familyProfiles(world: World): EditionProfile[] {
  const byFamily = new Map<string, EditionProfile>();
  for (const profile of world.profiles) {
    const own = profile.script === 'own';
    if (own || !byFamily.has(profile.family)) byFamily.set(profile.family, profile);
  }
  return [...byFamily.values()];
}

/** Fills an empty world with `settings.stories` stories. The same settings and time give the same world. */
export function populate(world: World, settings: TestSiteSettings): void {
  const families = familyProfiles(world);
  const share = Math.floor(settings.stories / families.length);
  for (const [index, profile] of families.entries()) {
    const count = index === 0 ? settings.stories - share * (families.length - 1) : share;
    populateFamily(world, profile, count, settings);
  }
}
