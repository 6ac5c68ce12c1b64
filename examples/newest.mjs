// node examples/newest.mjs ./data — the newest articles on Armenia in Russian, read beside a running service.
import { openCorpus } from 'sputnik-harvester';

const corpus = openCorpus(process.argv[2] ?? './data');
const selection = { text: 'topic:armenia lang:ru', order: 'newest' };
let shown = 0;
for await (const { publishedAt, title, url } of corpus.articles(selection)) {
  console.log(`${publishedAt ?? 'no date'}  ${title}\n  ${url}`);
  shown += 1;
  if (shown === 10) break;
}
corpus.close();
