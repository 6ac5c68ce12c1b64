import { localParts } from '../content/local-time.js';
import { runsText } from '../content/truth.js';
import type { PageState } from '../content/world.js';
import { description } from './render-head.js';
import { escapeHtml } from './escape-html.js';

const item = (name: string, value: string): string => `<div itemprop="${name}">${escapeHtml(value)}</div>`;

function organisation(name: string, { profile }: PageState): string {
  return (
    `<div itemprop="${name}" itemscope itemtype="http://schema.org/Organization">` +
    item('name', profile.agency) +
    item('email', profile.email) +
    item('telephone', '+70000000000') +
    item('legalName', profile.copyrightHolder) +
    `<a itemprop="url" href="https://${profile.id}/"> </a></div>`
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
    organisation('copyrightHolder', state),
    item('copyrightYear', String(localParts(content.publishedAt, profile.offsetMinutes).year)),
    ...content.authors.map(
      (author) => `<div itemprop="author" itemscope itemtype="http://schema.org/Person">${item('name', author)}</div>`,
    ),
    organisation('creator', state),
    item('genre', 'News'),
    item('inLanguage', profile.locale),
    organisation('sourceOrganization', state),
    ...(image === undefined
      ? []
      : [
          `<div itemprop="image" itemscope itemtype="https://schema.org/ImageObject">${item('url', image.replace('_1:0:1279:719_', '_160:0:1119:719_'))}</div>`,
        ]),
    organisation('publisher', state),
    item('keywords', content.tags.map((tag) => tag.name).join(', ')),
    '</div>',
  ].join('');
}
