/** What an item is: what the site calls it, else what it shows. */
export const ARTICLE_FORMATS = ['text', 'video', 'photo', 'infographic', 'live', 'longread', 'other'] as const;
