import type { EditionProfile } from './edition-profiles.js';
import { inForm } from './in-form.js';
import { localParts } from './local-time.js';
import type { SeededRandom } from './seeded-random.js';
import type { Inline, PageForm, StoryBlock, StoryContent, StoryImage, StoryLink, StoryTag } from './story.js';
import { countryTag, hashOf, keywordTag, pathTag } from './tag-urls.js';
import { fillTemplate, inventPerson, inventTown } from './fill-template.js';
import type { StoryFrame } from './fill-template.js';
import type { CountryForms, Grammar } from './grammar.js';

/** What a story is to be about and when. */
export interface StoryPlan {
  readonly profile: EditionProfile;
  readonly articleId: string;
  readonly publishedAt: number;
  readonly about: { readonly armenia: boolean; readonly azerbaijan: boolean };
  readonly form: PageForm;
  /** Earlier articles of the family, for cards and links. */
  readonly earlier: readonly StoryLink[];
  readonly random: SeededRandom;
}

function drawImage(
  articleId: string,
  index: number,
  grammar: Grammar,
  frame: StoryFrame,
  random: SeededRandom,
): StoryImage {
  const digest = hashOf(`${articleId}/${index}`);
  const number = 1_000_000_000 + random.whole(1, 899_999_999);
  return {
    url: `https://cdn1.img.sputniknews.example/img/07e${index}/0${random.whole(1, 9)}/0e/${number}_1:0:1279:719_1920x0_80_0_0_${digest}.jpg`,
    caption: random.chance(0.85) ? fillTemplate(random.pick(grammar.captions), frame, random) : null,
    credit: random.chance(0.9) ? `© Sputnik / ${inventPerson(grammar, random)}` : null,
  };
}

/** Breaks a paragraph into runs where it mentions a country, so that inline links stand in mid-sentence. */
function linkCountry(text: string, country: CountryForms): Inline[] {
  const mention = country.forms['name'] ?? country.tag;
  const at = text.indexOf(mention);
  if (at < 0) return [{ kind: 'plain', text }];
  const runs: Inline[] = [];
  if (at > 0) runs.push({ kind: 'plain', text: text.slice(0, at) });
  runs.push({ kind: 'tagLink', text: mention, href: countryTag(country).path });
  const rest = text.slice(at + mention.length);
  if (rest !== '') runs.push({ kind: 'plain', text: rest });
  return runs;
}

interface Pen {
  readonly plan: StoryPlan;
  readonly grammar: Grammar;
  readonly frame: StoryFrame;
  readonly random: SeededRandom;
  readonly dateline: string | null;
}

function paragraphRuns(pen: Pen, text: string, index: number): Inline[] {
  const { plan, frame, random, grammar, dateline } = pen;
  if (index === 0 && dateline !== null && grammar.datelineOn === 'body') {
    return [{ kind: 'strong', text: dateline }, { kind: 'plain', text: ' ' }, ...linkCountry(text, frame.country)];
  }
  const earlier = plan.earlier.at(-1 - random.whole(0, Math.max(0, Math.min(30, plan.earlier.length) - 1)));
  if (earlier !== undefined && random.chance(0.12)) {
    const words = text.slice(0, Math.max(4, Math.floor(text.length / 3)));
    return [
      { kind: 'articleLink', text: words, link: earlier },
      { kind: 'plain', text: text.slice(words.length) },
    ];
  }
  if (random.chance(0.08)) {
    const cut = Math.floor(text.length / 2);
    return [
      { kind: 'plain', text: text.slice(0, cut) },
      { kind: 'em', text: text.slice(cut) },
    ];
  }
  return linkCountry(text, frame.country);
}

function textBlocks(pen: Pen): StoryBlock[] {
  const { grammar, frame, random } = pen;
  // A small grammar gives shorter stories, so that two of them seldom draw the same sentences.
  const few = Math.ceil(grammar.sentences.length / 4);
  const count = random.whole(Math.min(7, few), Math.min(12, few * 2));
  const sentences = random.sample(grammar.sentences, count).map((template) => fillTemplate(template, frame, random));
  const blocks: StoryBlock[] = [];
  while (sentences.length > 0) {
    const paragraph = sentences.splice(0, random.whole(1, 3)).join(grammar.gap);
    blocks.push({ type: 'text', runs: paragraphRuns(pen, paragraph, blocks.length) });
  }
  return blocks;
}

/** Puts a block somewhere after the first paragraph. */
function insertBlock(blocks: StoryBlock[], block: StoryBlock, random: SeededRandom): void {
  blocks.splice(random.whole(1, blocks.length), 0, block);
}

function addBodyBlocks(pen: Pen, blocks: StoryBlock[]): void {
  const { grammar, frame, random } = pen;
  const fill = (templates: readonly string[]): string => fillTemplate(random.pick(templates), frame, random);
  if (random.chance(0.7)) insertBlock(blocks, { type: 'quote', text: fill(grammar.quotes) }, random);
  if (random.chance(0.3))
    insertBlock(blocks, { type: random.chance(0.7) ? 'h3' : 'h2', text: fill(grammar.headings) }, random);
  if (random.chance(0.2)) {
    const items = random.sample(grammar.listItems, random.whole(2, 4)).map((item) => fillTemplate(item, frame, random));
    insertBlock(blocks, { type: 'list', items }, random);
  }
  if (random.chance(0.15)) insertBlock(blocks, { type: 'vrez', text: fill(grammar.insets) }, random);
  // Never all of them: two stories that shared everything but their news would be near duplicates.
  const shared = Math.min(random.pick([0, 0, 0, 1, 1, 2]), grammar.backgrounders.length - 1);
  for (const text of random.sample(grammar.backgrounders, shared)) {
    blocks.push({ type: 'text', runs: [{ kind: 'plain', text }] });
  }
}

function addForeignBlocks(pen: Pen, blocks: StoryBlock[]): void {
  const { plan, grammar, frame, random } = pen;
  for (const card of random.sample(plan.earlier.slice(-40), random.whole(0, 2))) {
    insertBlock(blocks, { type: 'article', card }, random);
  }
  if (random.chance(0.25))
    insertBlock(blocks, { type: 'media', image: drawImage(plan.articleId, 1, grammar, frame, random) }, random);
  if (random.chance(0.06)) {
    const images = [2, 3].map((index) => drawImage(plan.articleId, index, grammar, frame, random));
    insertBlock(blocks, { type: 'photolenta', images }, random);
  }
  for (const type of ['banner', 'video', 'embed'] as const) {
    if (random.chance(0.15))
      insertBlock(blocks, { type, text: fillTemplate(random.pick(grammar.titles), frame, random) }, random);
  }
}

function drawTags(pen: Pen, section: StoryTag): StoryTag[] {
  const { plan, grammar, frame, random } = pen;
  const tags = [section, countryTag(frame.country)];
  if (plan.about.armenia && plan.about.azerbaijan) tags.push(countryTag(frame.partner));
  tags.push(keywordTag(frame.matter.tag));
  if (random.chance(0.4)) tags.push(countryTag(random.pick(grammar.others)));
  if (random.chance(0.15)) tags.push(keywordTag(random.pick(grammar.similarTags)));
  if (random.chance(0.2)) tags.push(...grammar.labels.map((label) => ({ ...pathTag(label), label: true })));
  return tags.filter((tag, index) => tags.findIndex((other) => other.name === tag.name) === index);
}

function drawFrame(plan: StoryPlan): StoryFrame {
  const { random } = plan;
  const { grammar, offsetMinutes } = plan.profile;
  const local = localParts(plan.publishedAt, offsetMinutes);
  const [first, second] = random.sample(grammar.others, 2);
  const topics = [
    ...(plan.about.armenia ? [grammar.armenia] : []),
    ...(plan.about.azerbaijan ? [grammar.azerbaijan] : []),
  ];
  return {
    grammar,
    hero: inventPerson(grammar, random),
    town: inventTown(grammar, random),
    matter: random.pick(grammar.matters),
    country: topics[0] ?? first ?? grammar.armenia,
    partner: topics[1] ?? second ?? grammar.azerbaijan,
    day: String(local.day),
    month: grammar.months[local.month - 1] ?? '',
  };
}

const SLUG_WORDS = [
  'dolina',
  'most',
  'zerno',
  'Sovet',
  'proekt',
  'reka',
  'plan',
  'novyy',
  'vstrecha',
  'srok',
  'gorod',
  'otchet',
  'doroga',
  'vystavka',
];

/** @returns the path of an article in today's form, or in the old engine's for `old` pages. */
export function articlePath(plan: StoryPlan, title: string, section: StoryTag): string {
  const { profile, articleId, random } = plan;
  const date = localParts(plan.publishedAt, profile.offsetMinutes).basicDate;
  const words = random.sample(SLUG_WORDS, random.whole(2, 4));
  const slug = words.join('-') + (random.chance(0.08) ? '---otchet' : '');
  if (plan.form === 'old') {
    const rubric = section.path.replace(/^\/(?:category_)?|\/$/g, '');
    return `/${rubric}/${date}${articleId}${profile.urlForm === 'id' ? '' : `-${slug}`}/`;
  }
  if (profile.urlForm === 'id') return `/${date}/${articleId}.html`;
  if (profile.urlForm === 'slug') return `/${date}/${slug}-${articleId}.html`;
  const own = encodeURIComponent(
    title
      .split(' ')
      .slice(0, 4)
      .join('-')
      .replace(/[^\p{L}\p{N}-]/gu, ''),
  );
  return `/${date}/${own}-${articleId}.html`;
}

const SECOND_TITLE_SHARE = 1 / 7;

/** From a stream of its own, so that everything else of the story stays as it is without one. */
function drawSecondTitle({ grammar, frame, random }: Pen, title: string): string | null {
  const own = random.fork('second title');
  if (!own.chance(SECOND_TITLE_SHARE)) return null;
  const second = fillTemplate(own.pick(grammar.titles), frame, own);
  return second === title ? null : second;
}

/** @returns a story's first state. The same plan and seed give the same story. */
export function writeStory(plan: StoryPlan): StoryContent {
  const { random, profile } = plan;
  const { grammar } = profile;
  const frame = drawFrame(plan);
  const pattern = profile.dateline ?? grammar.dateline;
  const dateline = pattern !== null && random.chance(0.8) ? fillTemplate(pattern, frame, random) : null;
  const pen: Pen = { plan, grammar, frame, random, dateline };
  const title = fillTemplate(random.pick(grammar.titles), frame, random);
  const leadText = fillTemplate(random.pick(grammar.leads), frame, random);
  const hasLead = grammar.datelineOn === 'lead' || random.chance(0.75);
  const section = pathTag(random.pick(grammar.rubrics));
  const blocks = textBlocks(pen);
  addBodyBlocks(pen, blocks);
  addForeignBlocks(pen, blocks);
  const box = random.chance(0.15) ? random.pick(grammar.storyBoxes) : null;
  const withDateline = grammar.datelineOn === 'lead' && dateline !== null;
  const content: StoryContent = {
    form: plan.form,
    title,
    secondTitle: drawSecondTitle(pen, title),
    lead: hasLead ? (withDateline ? `${dateline} ${leadText}` : leadText) : null,
    dateline,
    blocks,
    tags: drawTags(pen, section),
    section,
    authors: random.chance(0.2) ? [inventPerson(grammar, random)] : [],
    leadImage: random.chance(0.9) ? drawImage(plan.articleId, 0, grammar, frame, random) : null,
    storyBox: box === null ? null : { ...box, path: keywordTag(box.name).path },
    digest: random.chance(profile.engine === 'ria' ? 0.5 : 0.15) ? [leadText] : [],
    publishedAt: plan.publishedAt,
    modifiedAt: plan.publishedAt,
    path: articlePath(plan, title, section),
    formerPaths: [],
    withdrawn: null,
  };
  return inForm(content);
}
