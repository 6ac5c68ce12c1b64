import { describeConfig } from '../../../src/config/describe-config.js';
import { editionsSchema, topicsSchema } from '../../../src/config/edition-schema.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { notifyRuleSchema, targetSchema } from '../../../src/config/notify-schema.js';
import { notesOf } from '../../../src/config/setting-kinds.js';
import { sectionShape, SETTING_LIST } from '../../../src/config/config-schema.js';

const INTRODUCTION = `# Configuration

Settings come from four places; a later one overrides an earlier one key by key, lists being replaced whole:

1. \`config/default.yaml\`, \`config/topics.yaml\` and \`config/editions/*.yaml\`, which come with the package;
2. \`--config FILE\`, YAML or JSON, at most 1 MB;
3. the environment: the variables named below; empty ones are ignored, lists of words are written with commas, other lists as JSON, \`null\` is null;
4. the flags \`--data-dir\`, \`--redis-url\` and \`--log-level\`.

A key that does not exist, a wrong type or a value out of range ends the program at start with exit code 2 and names every such place: file and line (or variable, or flag), key, value, and what is allowed. A variable that begins with \`SPUTNIK_\` and names no setting is refused too. \`sputnik config\` prints the settings in force and where each came from, secrets masked; \`sputnik config check FILE\` checks a file, the queries of \`notify.rules\` too.

This page is made from the schema by a test (\`npx vitest run test/unit/config -u\`).
`;

const TARGETS = `## Targets of notifications

\`notify.targets\` names them, \`notify.rules\` says who is told of what. [notifications.md](notifications.md) has a recipe for each service:

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

\`config/editions/<id>.yaml\` describes one edition each; its id is its host. A file of your own changes single keys or adds an edition, for which only \`language\` is needed:

\`\`\`yaml
editions:
  big5.sputniknews.cn:
    fetchFrom: http://127.0.0.1:8801 # a replay server stands in for the site
  ria.ru:
    enabled: true
  news.example.org:
    language: ru
\`\`\`

A host can belong to one edition only.
`;

const TOPICS = `## Topics

\`config/topics.yaml\` names them. A list of names in a file of your own replaces the whole list.
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
