import { localParts } from '../content/local-time.js';
import type { Inline, StoryBlock, StoryImage, StoryLink } from '../content/story.js';
import type { PageState } from '../content/world.js';
import { escapeHtml } from './escape-html.js';
import { imageObject } from './render-microdata.js';

const BLANK_IMAGE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 9'%3E%3C/svg%3E";

/** RIA prints absolute links, Sputnik relative ones. */
export function linkTo({ profile }: PageState, path: string): string {
  return profile.engine === 'ria' ? `https://${profile.id}${path}` : path;
}

export function renderRuns(state: PageState, runs: readonly Inline[]): string {
  return runs
    .map((run) => {
      const text = escapeHtml(run.text);
      switch (run.kind) {
        case 'plain':
          return text;
        case 'strong':
          return `<strong>${text}</strong>`;
        case 'em':
          return `<span class="m-inline"><em>${text}</em></span>`;
        case 'articleLink':
          return `<a href="${linkTo(state, run.link.path)}?in=t" target="_blank">${text}</a>`;
        default:
          return `<a href="${run.href}" target="_blank" data-auto="true">${text}</a>`;
      }
    })
    .join('');
}

/** A picture with what leaks around it: alt text with agency and date, credit, media library link, follow button. */
export function renderMedia(state: PageState, image: StoryImage): string {
  const { profile, content } = state;
  const { pageTexts } = profile.grammar;
  const p = localParts(content.publishedAt, profile.offsetMinutes);
  const shown = image.caption ?? '';
  const alt = escapeHtml(`${shown} - ${profile.agency}, 1920, ${p.date.split('-').reverse().join('.')}`);
  const small = image.url.replace('_1920x0_', '_640x0_');
  const credit =
    image.credit === null
      ? ''
      : `<div class="media__copyright" data-nosnippet="true"><div class="media__copyright-item m-copyright">${escapeHtml(image.credit)}</div>` +
        `<div class="media__copyright-item m-buy"><a href="https://media.example/${encodeURIComponent(state.story.articleId)}" target="_blank"> / ${escapeHtml(pageTexts.library)}</a></div></div>`;
  const caption =
    image.caption === null
      ? ''
      : `<div class="media__description" data-nosnippet="true">${escapeHtml(image.caption)}</div>`;
  return (
    `<div class="media" data-media-tipe="photo"><div class="media__size"><div class="photoview__open" data-photoview-src="${image.url}">` +
    `<img class="lazyload" alt="${alt}" title="${escapeHtml(shown)}" width="1920" height="1080" src="${BLANK_IMAGE}" data-src="${image.url}" data-srcset="${image.url} 1920w,${small} 640w">` +
    `<a class="photoview__ext-link" href="#">${escapeHtml(pageTexts.follow)}</a></div>${imageObject('image', image.url, [1920, 1080])}</div>${credit}${caption}</div>`
  );
}

function renderCard(state: PageState, card: StoryLink): string {
  const href = linkTo(state, card.path);
  const title = escapeHtml(card.title);
  return (
    `<div class="article__article m-image"><a href="${href}" class="article__article-image"><img class="lazyload" alt="${title} - ${escapeHtml(state.profile.agency)}, 1920" src="${BLANK_IMAGE}" data-src="https://cdn1.img.sputniknews.example/thumb/${card.articleId}.jpg"></a>` +
    `<div class="article__article-desc"><a href="${href}" class="article__article-title">${title}</a></div>` +
    `<div class="article__article-info"><div class="elem-info"><div class="elem-info__date">${card.path.slice(1, 9)}</div></div></div></div>`
  );
}

function renderInner(state: PageState, block: StoryBlock): string {
  switch (block.type) {
    case 'text':
      return `<div class="article__text">${renderRuns(state, block.runs)} </div>`;
    case 'quote':
      return `<div class="article__quote"><div class="article__quote-bg"></div><div class="article__quote-text">${escapeHtml(block.text)}</div></div>`;
    case 'h2':
    case 'h3':
      return `<${block.type} class="article__${block.type}">${escapeHtml(block.text)}</${block.type}>`;
    case 'list':
      return `<ul class="article__list">${block.items.map((line) => `<li class="article__list-item"><span class="article__list-label"></span>${escapeHtml(line)}</li>`).join('\n')}</ul>`;
    case 'vrez':
      return `<div class="article__vrez"><div class="article__vrez-text">${escapeHtml(block.text)}</div></div>`;
    case 'article':
      return renderCard(state, block.card);
    case 'media':
      return renderMedia(state, block.image);
    case 'photolenta':
      return `<div class="article__photolenta">${block.images.map((image) => renderMedia(state, image)).join('')}</div>`;
    case 'banner':
      return `<div class="banner m-article-body" data-position="article_desktop_content"><a href="https://ads.example/?id=7">${escapeHtml(block.text)}</a></div>`;
    case 'video':
      return `<div class="media" data-media-tipe="video"><div class="media__video"><video src="https://cdn1.img.sputniknews.example/v.mp4"></video><div class="media__title">${escapeHtml(block.text)}</div></div></div>`;
    case 'poll':
      return `<form class="article__poll"><p>${escapeHtml(block.text)}</p><label><input type="radio" name="answer"></label></form>`;
    case 'embed':
      return `<div class="article__embed"><blockquote class="telegram-post"><p>${escapeHtml(block.text)}</p></blockquote><script async src="https://embed.example/widget.js"></script></div>`;
  }
}

/** The blocks of `.article__body`, one `.article__block` each. */
export function renderBlocks(state: PageState): string {
  return state.content.blocks
    .map((block) => {
      const extra =
        block.type === 'article'
          ? ` data-article="main-photo" data-nosnippet="true" data-id="${block.card.articleId}"`
          : '';
      return `<div class="article__block" data-type="${block.type}"${extra}>${renderInner(state, block)}</div>`;
    })
    .join('');
}
