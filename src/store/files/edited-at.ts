import type { Article } from '../../domain/article.js';

/**
 * @returns when the newest state that has an earlier one, or the newest other pictures, were first seen, in any edition; null if nothing was
 *          edited. Pure.
 */
export function editedAt({ revisions, renditions, pictures, capture }: Article): string | null {
  const own = revisions.length > 0 ? capture?.fetchedAt : undefined;
  const others = renditions.map((rendition) => (rendition.revisions?.length ? rendition.seenAt : undefined));
  return (
    [own, pictures?.at(-1)?.seenAt, ...others]
      .filter((at) => at !== undefined)
      .sort()
      .at(-1) ?? null
  );
}
