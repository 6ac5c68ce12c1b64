import { describeConfig } from '../../../src/config/describe-config.js';
import { editionsSchema, topicsSchema } from '../../../src/config/edition-schema.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { notifyRuleSchema, targetSchema } from '../../../src/config/notify-schema.js';
import { notesOf } from '../../../src/config/setting-kinds.js';
import { sectionShape } from '../../../src/config/config-schema.js';
import { SETTING_LIST } from '../../../src/config/environment.js';

const INTRODUCTION = `# Configuration

Settings come from four places. A later one overrides an earlier one key by key; a list replaces the whole earlier list.

1. The files \`config/default.yaml\`, \`config/topics.yaml\` and \`config/editions/*.yaml\`, which come with the package.
2. Your own file, given as \`--config FILE\`: YAML or JSON, at most 1 MB.
3. The environment variables named below. Empty ones are ignored. Write lists of words with commas, other lists as JSON, and null as \`null\`.
4. The flags \`--data-dir\`, \`--redis-url\` and \`--log-level\`.

An unknown key, a wrong type or a value out of range stops the program at the start with exit code 2. The message lists every mistake with its file and line (or variable, or flag), the key, the value and what is allowed. A variable that begins with \`SPUTNIK_\` but names no setting is refused too.

\`sputnik config\` prints the settings in force and where each came from, with secrets masked. \`sputnik config check FILE\` checks a file, including the queries of \`notify.rules\`.

This page is generated from the schema: \`npx vitest run test/unit/config -u\` writes it.
`;

const TARGETS = `## Targets of notifications

\`notify.targets\` says where messages are sent, and \`notify.rules\` says who is told of what. [notifications.md](notifications.md) has a recipe for each service. For example:

\`\`\`yaml
notify:
  targets:
    desk: { form: slack, url: 'file:/run/secrets/slack-url' }
  rules:
    armenia: { on: [article, edit, withdrawal], query: 'topic:armenia', to: [desk] }
\`\`\`

The keys of a target:
`;

const RULES = `## Rules of notifications

The keys of a rule:
`;

const EDITIONS = `## Editions

Each edition has a file \`config/editions/<id>.yaml\`; its id is its host. Your own file can change single keys or add an edition. A new edition needs only \`language\`:

\`\`\`yaml
editions:
  big5.sputniknews.cn:
    fetchFrom: http://127.0.0.1:8801 # a replay server stands in for the site
  ria.ru:
    enabled: true
  news.example.org:
    language: ru
\`\`\`

Each host belongs to one edition only.
`;

const TOPICS = `## Topics

\`config/topics.yaml\` names the topics. A list of names in your own file replaces the whole list.
`;

/** @returns docs/configuration.md as the schema and the defaults have it. */
export function renderConfiguration(): string {
  const defaults = new Map(describeConfig(loadConfig({ variables: {} })).map(({ key, value }) => [key, value]));
  defaults.set('dataDir', './data');
  const settings = SETTING_LIST.map(({ path, allowed, meaning, variable }) => {
    const key = path.join('.');
    const value = JSON.stringify(defaults.get(key));
    return `### \`${key}\`\n\n${meaning}\n\n- Allowed: ${allowed}\n- Default: \`${value}\`\n- Environment: \`${variable}\`\n`;
  });
  return [
    INTRODUCTION,
    '## Settings\n',
    ...settings,
    TARGETS,
    keysOf(targetSchema),
    RULES,
    keysOf(notifyRuleSchema),
    EDITIONS,
    keysOf(editionsSchema.valueType),
    TOPICS,
    keysOf(topicsSchema.valueType),
  ].join('\n');
}

function keysOf(schema: Parameters<typeof sectionShape>[0]): string {
  const keys = Object.entries(sectionShape(schema)!).map(([key, inner]) => {
    const notes = notesOf(inner)!;
    return `- \`${key}\`: ${notes.allowed}. ${notes.meaning}`;
  });
  return `${keys.join('\n')}\n`;
}
