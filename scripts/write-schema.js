// Writes schema/article.schema.json from the built code: `npm run schema`.
import { writeFileSync } from 'node:fs';
import { articleJsonSchema } from '../dist/src/domain/article-json-schema.js';

const file = new URL('../schema/article.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(articleJsonSchema(), null, 2)}\n`);
