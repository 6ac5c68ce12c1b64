import type { Config, NotifyRule } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import { knownIdsOf, parseQuery } from '../../search/parse-query.js';

/** Checks the queries of rules of notification. @throws {UsageError} `search.syntax` naming the rule; its hint marks the place in the query. Pure. */
export function checkRuleQueries(rules: readonly NotifyRule[], config: Pick<Config, 'topics' | 'editions'>): void {
  const known = knownIdsOf(config);
  for (const { name, query } of rules) {
    try {
      parseQuery(query ?? '', known);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const problem = `notify.rules.${name}.query: ${error.message}`;
      throw new UsageError(problem, {
        code: 'search.syntax',
        hint: error.hint ?? 'docs/search.md has the grammar',
        cause: error,
      });
    }
  }
}
