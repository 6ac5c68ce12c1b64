/** What robots.txt says to one product. */
interface RobotsGroup {
  /** @param path  Path with query, as in a URL: percent-encoded, beginning with `/`. */
  allows(path: string): boolean;
  /** The longest Crawl-delay that is asked for, in seconds; null: none. */
  readonly crawlDelaySecs: number | null;
}

/** A parser has to read this much (RFC 9309, §2.5); we read no more. A line that is cut there counts for nothing. */
const ROBOTS_BYTES_MAX = 512_000;
/** Different rules of one group; a real file has some dozens. Further ones are ignored. */
const RULES_MAX = 10_000;
/** Literal characters of a rule: no longer URL is ever asked for. A longer rule matches nothing. */
const RULE_LENGTH_MAX = 2_048;

interface Rule {
  readonly isAllowed: boolean;
  /** Octets that must follow each other, anything between them. */
  readonly pieces: readonly string[];
  /** Whether the last piece ends the path. */
  readonly isAnchored: boolean;
  /** Octets of the pattern: the longest that matches decides. */
  readonly length: number;
}

/**
 * Reads robots.txt for one product by RFC 9309: groups of the same product are merged, `*` applies to products without
 * a group, the longest matching rule decides, and at equal length Allow wins. Percent-encodings of the same octet are
 * equal. Crawl-delay, which the RFC does not define, is a line of its group. All other lines are ignored and do not end
 * a group.
 *
 * @param text     Without content encoding; bytes beyond 512,000 are ignored, as are rules beyond 10,000.
 * @param product  Product token; upper and lower case are the same.
 *
 * Pure. Parsing takes time linear in the length of the text, and each question time linear in the rules and the path.
 */
export function parseRobots(text: Buffer, product: string): RobotsGroup {
  const own = new Group();
  const anybody = new Group();
  let isOwn = false;
  let isAnybody = false;
  let isHeader = false;
  for (const [key, value] of linesOf(text)) {
    if (key === 'user-agent') {
      const name = agentOf(value);
      isOwn = (isHeader && isOwn) || name === product.toLowerCase();
      isAnybody = (isHeader && isAnybody) || name === '*';
      own.isNamed ||= isOwn;
    } else {
      if (isOwn) own.take(key, value);
      if (isAnybody) anybody.take(key, value);
    }
    isHeader = key === 'user-agent';
  }
  const group = own.isNamed ? own : anybody;
  return { allows: decider(group.rules()), crawlDelaySecs: group.crawlDelaySecs };
}

type LineKey = 'user-agent' | 'allow' | 'disallow' | 'crawl-delay';
const LINE_KEYS: ReadonlySet<string> = new Set(['user-agent', 'allow', 'disallow', 'crawl-delay'] satisfies LineKey[]);

/** The lines that count, as octets, comments taken off. */
function* linesOf(text: Buffer): Generator<readonly [key: LineKey, value: string]> {
  const start = text.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const lines = text.toString('latin1', start, ROBOTS_BYTES_MAX).split(/[\r\n]/);
  if (text.length > ROBOTS_BYTES_MAX) lines.pop();
  for (const line of lines) {
    const [said = ''] = line.split('#', 1);
    const colon = said.indexOf(':');
    const key = said.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (LINE_KEYS.has(key)) yield [key as LineKey, said.slice(colon + 1).trim()];
  }
}

/** @returns the product token of a User-agent line, in lower case: what follows it, as a version does, is not part of it. */
function agentOf(value: string): string {
  if (/^\*(?:\s|$)/.test(value)) return '*';
  return (/^[a-z0-9_-]+/i.exec(value)?.[0] ?? '').toLowerCase();
}

class Group {
  isNamed = false;
  crawlDelaySecs: number | null = null;
  /** Pattern → whether it allows. */
  readonly #patterns = new Map<string, boolean>();

  take(key: LineKey, value: string): void {
    if (key === 'crawl-delay') {
      const seconds = /^(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})$/.test(value) ? Number(value) : 0;
      if (seconds > 0) this.crawlDelaySecs = Math.max(this.crawlDelaySecs ?? 0, seconds);
      return;
    }
    // An empty rule says nothing.
    if (value === '') return;
    const pattern = canonicalPattern(value);
    const isKept = this.#patterns.has(pattern) || this.#patterns.size < RULES_MAX;
    if (isKept) this.#patterns.set(pattern, key === 'allow' || this.#patterns.get(pattern) === true);
  }

  /** Those that can match a URL, the longest first. */
  rules(): Rule[] {
    return [...this.#patterns]
      .map(([pattern, isAllowed]) => ruleOf(pattern, isAllowed))
      .filter(({ pieces }) => pieces.reduce((sum, piece) => sum + piece.length, 0) <= RULE_LENGTH_MAX)
      .sort((a, b) => b.length - a.length || Number(b.isAllowed) - Number(a.isAllowed));
  }
}

function ruleOf(pattern: string, isAllowed: boolean): Rule {
  const isAnchored = pattern.endsWith('$');
  const pieces = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  return { isAllowed, pieces, isAnchored, length: pattern.length };
}

function decider(rules: readonly Rule[]): RobotsGroup['allows'] {
  return (path) => {
    const octets = canonicalOctets(path).replace(/[*$]/g, encoded);
    return rules.find((rule) => matches(rule, octets))?.isAllowed ?? true;
  };
}

/** Each piece is taken where it first stands behind the one before: if the rule matches at all, it matches so. */
function matches({ pieces, isAnchored }: Rule, path: string): boolean {
  const [first = '', ...further] = pieces;
  if (!path.startsWith(first)) return false;
  const last = isAnchored ? further.pop() : undefined;
  if (isAnchored && last === undefined) return path === first;
  let at = first.length;
  for (const piece of further) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return last === undefined || (path.length - last.length >= at && path.endsWith(last));
}

/** `*` in a row is one, and `$` means the end only at the end. */
function canonicalPattern(value: string): string {
  const isAnchored = value.endsWith('$');
  const pattern = canonicalOctets(isAnchored ? value.slice(0, -1) : value).replace(/\*+/g, '*');
  return pattern.replaceAll('$', '%24') + (isAnchored ? '$' : '');
}

/** One spelling for each octet (RFC 9309, §2.2.2): what needs no percent-encoding has none, the rest has it in upper case. */
function canonicalOctets(text: string): string {
  return text.replace(/%[0-9a-f]{2}|[^\x21-\x7e]/gi, (found) => {
    const octet = found.length === 3 ? String.fromCharCode(Number.parseInt(found.slice(1), 16)) : found;
    return /[a-z0-9._~-]/i.test(octet) ? octet : encoded(octet);
  });
}

function encoded(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
