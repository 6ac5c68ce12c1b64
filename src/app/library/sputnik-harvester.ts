/** What `import … from 'sputnik-harvester'` gives. */
export { articleSchema, type Article } from '../../domain/article.js';
export { extractSavedPage as extractArticle } from './extract-saved-page.js';
export { openCorpus, type Corpus } from './open-corpus.js';
export type { SearchFilters } from '../../search/facets.js';
export type { CorpusSelection, SearchRequest, SearchResult } from '../../store/catalogue/search-corpus.js';
