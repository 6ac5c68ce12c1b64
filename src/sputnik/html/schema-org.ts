/** What both ways of marking up an article, microdata and JSON-LD, share: words of schema.org. */

export const ARTICLE_TYPE = /(?:^|[/:#])(?:[A-Za-z]*Article|LiveBlogPosting|BlogPosting|Report)$/;
export const PERSON_TYPE = /Person\s*$/;
/** Properties that name people: an organisation under them is nobody. */
export const PEOPLE: ReadonlySet<string> = new Set(['author', 'creator', 'editor', 'contributor']);
/** Properties that hold pictures: of an item only its URL counts, neither its size nor its text. */
export const PICTURES: ReadonlySet<string> = new Set(['image', 'primaryImageOfPage', 'thumbnailUrl']);
export const PICTURE_URLS = ['contentUrl', 'url'];
