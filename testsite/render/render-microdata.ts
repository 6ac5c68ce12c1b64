import { localParts } from '../content/local-time.js';
import { runsText } from '../content/truth.js';
import type { EditionProfile } from '../content/edition-profiles.js';
import type { PageState } from '../content/world.js';
import { description } from './render-head.js';
import { escapeHtml } from './escape-html.js';

const item = (name: string, value: string): string => `<div itemprop="${name}">${escapeHtml(value)}</div>`;

/** Where the agency says that it has its office: a country that no story of the page need be about. */
export function officeCountry({ grammar }: EditionProfile): string {
  return grammar.others[0]?.tag ?? grammar.armenia.tag;
}

export const logoUrl = ({ id }: EditionProfile): string => `https://${id}/i/logo/logo-schema.png`;

/** A picture as an item of its own: beside its URL it has numbers and a flag, which read as `1920 1080 true`. */
export function imageObject(name: string, url: string, [width, height]: readonly [number, number]): string {
  return (
    `<div itemprop="${name}" itemscope itemtype="https://schema.org/ImageObject"><a itemprop="url" href="${url}"> </a><a itemprop="contentUrl" href="${url}"> </a>` +
    `${item('width', String(width))} ${item('height', String(height))} ${item('representativeOfPage', 'true')}</div>`
  );
}

function address(profile: EditionProfile): string {
  const country = escapeHtml(officeCountry(profile));
  return (
    '<div itemprop="address" itemscope itemtype="http://schema.org/PostalAddress"><meta itemprop="streetAddress" content="1"><meta itemprop="postalCode" content="000001">' +
    `<div itemprop="addressCountry" itemscope itemtype="https://schema.org/Country"><meta itemprop="name" content="${country}"></div></div>`
  );
}

const RATING =
  '<div itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating"><div itemprop="bestRating">5</div><div itemprop="ratingValue">4.2</div></div>';

function organisation(name: string, profile: EditionProfile): string {
  return (
    `<div itemprop="${name}" itemscope itemtype="http://schema.org/Organization">` +
    item('name', profile.agency) +
    address(profile) +
    RATING +
    item('email', profile.email) +
    item('telephone', '+70000000000') +
    item('legalName', profile.copyrightHolder) +
    `<a itemprop="url" href="https://${profile.id}/"> </a><a itemprop="sameAs" href="https://social.example/${profile.id}"> </a>` +
    `${imageObject('logo', logoUrl(profile), [353, 60])}${imageObject('image', logoUrl(profile), [353, 60])}</div>`
  );
}

/**
 * The text that `articleBody` gives: as on the real page it lacks the lead and every quote, so it must never be taken for the body.
 */
function incompleteBody({ content }: PageState): string {
  if (content.withdrawn === 'emptyBody') return '';
  const texts = content.blocks.flatMap((block) => (block.type === 'text' ? [runsText(block.runs)] : []));
  return (texts.length > 2 ? texts.filter((_, index) => index !== 1) : texts).join(' ');
}

/** People, each with an employer; the agency itself where nobody signs. */
function authors({ profile, content }: PageState): string[] {
  if (content.authors.length === 0) return [organisation('author', profile)];
  return content.authors.map(
    (author) =>
      `<div itemprop="author" itemscope itemtype="http://schema.org/Person">${item('name', author)}${organisation('worksFor', profile)}</div>`,
  );
}

/** `div.article__meta`: hidden microdata inside the article, in the seed page's order. */
export function renderMicrodata(state: PageState): string {
  const { profile, content } = state;
  const stamp = (at: number): string => {
    const p = localParts(at, profile.offsetMinutes);
    return `${p.date}T${p.time}${p.offset}`;
  };
  const published = stamp(content.publishedAt);
  const image = content.leadImage?.url;
  const places = content.tags.filter((tag) => tag.kind === 'geo');
  return [
    '<div class="article__meta" itemscope itemtype="https://schema.org/Article">',
    item('mainEntityOfPage', `https://${profile.id}${content.path}`),
    item('headline', content.title),
    item('name', content.title),
    item('alternateName', profile.agency),
    item('description', description(state)),
    item('datePublished', published),
    item('dateCreated', published),
    item('dateModified', stamp(content.modifiedAt)),
    ...content.tags.map((tag) => item('articleSection', tag.name)),
    ...(image === undefined ? [] : [item('image', image)]),
    item('articleBody', incompleteBody(state)),
    ...content.blocks.flatMap((block) =>
      block.type === 'article' ? [item('citation', `https://${profile.id}${block.card.path}`)] : [],
    ),
    ...places.map((tag) => item('contentLocation', tag.name)),
    organisation('copyrightHolder', profile),
    item('copyrightYear', String(localParts(content.publishedAt, profile.offsetMinutes).year)),
    ...authors(state),
    organisation('creator', profile),
    item('genre', 'News'),
    item('inLanguage', profile.locale),
    organisation('sourceOrganization', profile),
    ...(image === undefined
      ? []
      : [imageObject('image', image.replace('_1:0:1279:719_', '_160:0:1119:719_'), [1920, 1440])]),
    organisation('publisher', profile),
    item('keywords', content.tags.map((tag) => tag.name).join(', ')),
    '</div>',
  ].join('');
}
