// Writes schema/article.schema.json and schema/notification.schema.json from the built code: `npm run schema`.
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { articleJsonSchema } from '../dist/src/domain/article-json-schema.js';
import { messageSchema } from '../dist/src/notify/notices/notice.js';

const notification = {
  $id: 'https://sputnik-harvester.invalid/schema/notification.schema.json',
  title: 'What a webhook of form `json` is sent',
  ...z.toJSONSchema(messageSchema),
};

for (const [name, schema] of [
  ['article', articleJsonSchema()],
  ['notification', notification],
]) {
  const file = new URL(`../schema/${name}.schema.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
