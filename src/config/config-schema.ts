import { z } from 'zod';
import { DISCOVERY_ROUTES } from '../domain/edition.js';
import { HOUR_MS } from '../domain/units.js';
import { LOG_LEVELS } from '../platform/logger.js';
import { editionsSchema, topicsSchema } from './edition-schema.js';
import { notifySchema } from './notify-schema.js';
import {
  checked,
  checkedOrNull,
  fraction,
  isCron,
  isTimeZone,
  isBareUrlOf,
  isUrlOf,
  listSetting,
  notesOf,
  oneOf,
  section,
  whole,
  yesOrNo,
  type SettingNotes,
  waitsSetting,
} from './setting-kinds.js';

/**
 * Every setting: its key, what may stand there, what it does. Defaults stand in config/default.yaml and nowhere else.
 */

const GIGABYTE = 1_000_000_000;

const isPrintable = (text: string): boolean => /^[\x20-\x7e]{1,256}$/.test(text) && text.trim() === text;

const schedule = (what: string) =>
  section({
    cron: checked('cron of 5 fields, or of 6 with seconds first', isCron, `When ${what}.`),
    timeZone: checked('an IANA time zone such as UTC or Asia/Yerevan', isTimeZone, 'Zone in which the cron is read.'),
    enabled: yesOrNo('Off: the schedule is not registered; `sputnik schedule run` still starts it.'),
  });

const crawlSchedule = (what: string) =>
  section({
    ...schedule(what).shape,
    deadlineMinutes: whole(
      'minutes',
      1,
      1_440,
      'Longest time that the run of one edition may take; then it ends in order, keeps what it has and is counted as overlong.',
    ),
  });

const politeness = section({
  delayMs: whole('milliseconds', 0, HOUR_MS, 'Least time between the starts of two requests to one host.'),
  concurrencyPerHost: whole('requests', 1, 64, 'Most requests that are under way to one host at a time.'),
  obeyRobots: yesOrNo('Keep to robots.txt. Off: load-more lists are used as well.'),
  userAgent: checked(
    '1 to 256 printable ASCII characters',
    isPrintable,
    'Says who asks, with an address where to complain.',
  ),
  timeoutMs: whole('milliseconds', 100, HOUR_MS, 'Bounds a whole request, from connecting to the last byte.'),
  bodyBytesMax: whole(
    'bytes',
    1_000,
    GIGABYTE,
    'Longest body, measured after its content encoding is taken off; a longer one is `tooLarge`.',
  ),
  retries: whole('further attempts', 0, 20, 'Attempts after the first, where the cause is expected to pass.'),
});

const browser = section({
  mode: oneOf(
    ['never', 'fallback', 'always'],
    'Whether a real browser reads pages: never, where plain HTTP gave no article, or always.',
  ),
  executablePath: checkedOrNull(
    'a path',
    (path) => path !== '',
    'The browser to start; null: the one that Playwright finds.',
  ),
  pagesMax: whole('pages', 1, 10_000, 'Pages after which a browser is replaced by a fresh one; bounds its memory.'),
  deadlineMs: whole('milliseconds', 1_000, HOUR_MS, 'Bounds the work on one page, from outside the browser.'),
});

const recheckRule = section({
  ageHoursMax: whole('hours', 1, 876_000, 'Articles younger than this fall under the rule.'),
  everyMinutes: whole('minutes', 1, 5_256_000, 'Time between two fetches.'),
});

const crawl = section({
  via: listSetting(
    z.enum(DISCOVERY_ROUTES, `one of ${DISCOVERY_ROUTES.join(', ')}`),
    `routes (${DISCOVERY_ROUTES.join(', ')})`,
    { min: 1, max: 4 },
    'Routes by which articles are found where a command names none.',
  ),
  recheck: listSetting(
    recheckRule,
    'rules { ageHoursMax, everyMinutes }, youngest first',
    { min: 0, max: 20 },
    'How often a known article is asked for again, by its age; the first rule that fits counts, older ones are left alone.',
  )
    .refine(
      (rules) => rules.every((rule, at) => at === 0 || rule.ageHoursMax > (rules[at - 1]?.ageHoursMax ?? 0)),
      'rules in the order of ageHoursMax, each higher than the one before',
    )
    .meta({
      allowed: 'a list of rules { ageHoursMax, everyMinutes }, youngest first, 0 to 20 of them',
      meaning:
        'How often a known article is asked for again, by its age; the first rule that fits counts, older articles are left alone.',
    }),
  retryMinutes: waitsSetting(
    whole('minutes', 1, 43_200, ''),
    'minutes',
    { min: 1, max: 20 },
    'When a page that failed is tried again: so many minutes after its first failure in a row, its second and so on; the last number holds for all further ones.',
  ),
  itemsMax: whole('pages', 1, 10_000_000, 'Most pages that one crawl takes on; beyond it says so and ends.'),
  listPagesMax: whole('pages', 1, 100_000, 'Most pages of one list that are followed.'),
  sitemapDays: whole(
    'days',
    1,
    36_500,
    'Days back that the sitemap is read for where no range is asked for; today is the first.',
  ),
});

const web = section({
  host: checked(
    'an IP address or a host name',
    (host) => /^[A-Za-z0-9.:-]{1,253}$/.test(host),
    'Where `serve` listens; other than loopback only with a token.',
  ),
  port: whole(null, 0, 65_535, 'Where `serve` listens; 0: any free one.'),
  token: checkedOrNull(
    '16 to 256 printable ASCII characters without spaces',
    (token) => /^[\x21-\x7e]{16,256}$/.test(token),
    'Asked of everybody who calls `serve`, as `Authorization: Bearer <token>` or as the password a browser asks for; null: none.',
    'whole',
  ),
  requestsPerMinute: whole(
    'requests',
    1,
    1_000_000,
    'Most requests of one client (address; network of 64 bits in IPv6) in a minute, a quarter of them at once; more are answered 429.',
  ),
});

/** The whole of the settings; keys in the order of the contract, §3. */
export const settingsSchema = section({
  dataDir: checked(
    'a path',
    (path) => path !== '' && !path.includes('\0'),
    'Folder of articles, captures and catalogue; a relative one starts at the working directory.',
  ),
  redis: section({
    url: checkedOrNull(
      'redis://… or rediss://…, a `%` of a password as %25',
      isUrlOf(['redis:', 'rediss:']),
      'The Redis to use (rediss:// for TLS; NODE_EXTRA_CA_CERTS names an authority of your own); null: one of our own, kept under dataDir.',
      'credentials',
    ),
    prefix: checkedOrNull(
      'letters, digits, dots, dashes and underscores, at most 64',
      (prefix) => /^[\w.-]{1,64}$/.test(prefix),
      'Begins every key in Redis; null: derived from the data directory’s own id, so that several may share one Redis; on a crawl host that of the only writer there.',
    ),
  }),
  politeness,
  proxy: section({
    urls: listSetting(
      checked('http(s)://[user:password@]host:port', isBareUrlOf(['http:', 'https:']), ''),
      'http(s)://[user:password@]host:port',
      { min: 0, max: 100 },
      'Proxies that requests go through, in turn; empty: none.',
      'credentials',
    ),
  }),
  browser,
  schedules: section({
    newest: crawlSchedule('feeds, tag pages and the newest days of the sitemap are looked at'),
    revisit: crawlSchedule('known articles that are due by age are asked for again'),
    retry: crawlSchedule('pages that failed are tried again, those whose time has come by `crawl.retryMinutes`'),
    reconcile: crawlSchedule('feed, sitemap, tag pages and store are compared and gaps are filled'),
    maintenance: schedule(
      'the daily maintenance runs: old summaries and failed jobs go, the catalogue is compacted, the capture file is closed, some records are checked',
    ),
  }),
  crawl,
  extract: section({
    threads: whole(
      'threads',
      1,
      64,
      'Most worker threads that read pages; each after the first starts when pages have waited for a second, for `reprocess` and `verify --repair` at once.',
    ),
    deadlineMs: whole(
      'milliseconds',
      100,
      HOUR_MS,
      'Bounds the reading of one page; a page that takes longer is quarantined.',
    ),
    memoryMb: whole('megabytes', 32, 16_384, 'Heap of one reading thread; a page that wants more is quarantined.'),
  }),
  dedupe: section({
    windowDays: whole(
      'days',
      0,
      36_500,
      'Near duplicates are looked for among articles published at most this far apart; 0: the same moment only.',
    ),
    threshold: fraction(
      0.3,
      1,
      'Least similarity (weighted Jaccard of character 4-grams) of near duplicates; lower links more, and more wrongly.',
    ),
  }),
  lateness: section({
    gaps: fraction(
      1,
      1_000,
      'An edition, or a topic in it, is late when nothing was published for so many times its usual gap, which is learned, and for `lateness.hoursMin`.',
    ),
    hoursMin: fraction(0, 8_760, 'Hours without a publication that make no edition late, whatever its usual gap.'),
    unreadHours: fraction(0.01, 8_760, 'An edition is late, too, when none of its lists was read for so many hours.'),
  }),
  captures: section({
    fileBytesMax: whole('bytes', 100_000, 100 * GIGABYTE, 'Size after which a new WARC file is begun.'),
  }),
  web,
  log: section({ level: oneOf(LOG_LEVELS, 'Least level that is written to standard error.') }),
  queueBoard: section({
    enabled: yesOrNo(
      'Whether `serve` has Bull Board at /queues/board/, read only and behind the rules of every page; it starts only where @bull-board/api and @bull-board/ui are installed beside this program.',
    ),
  }),
  tracing: section({
    enabled: yesOrNo(
      'Whether each job of the queues opens OpenTelemetry spans; they go where the SDK sends them that the process was started with.',
    ),
  }),
  workers: section({
    pageConcurrency: whole('pages', 1, 256, 'Captured pages that are worked on at a time; several share one fsync.'),
    crawlConcurrency: whole(
      'crawls',
      1,
      256,
      'Crawls that one process runs at a time; a scheduled one is of one edition, and each keeps to the pace of its host. Fewer than editions times schedules let a sick edition hold up others.',
    ),
    backfillConcurrency: whole(
      'parts',
      1,
      64,
      'Days of back-fills that one process crawls at a time, beside the crawls; fewer than editions leave hosts idle.',
    ),
  }),
  notify: notifySchema,
  editions: editionsSchema,
  topics: topicsSchema,
});

/** One setting of the schema, without those of single editions and topics. */
export interface SettingEntry extends SettingNotes {
  readonly path: readonly string[];
  /** The environment variable that sets it. */
  readonly variable: string;
  readonly schema: z.ZodType;
}

/** Every setting outside `editions` and `topics`, in the order of the schema. */
export const SETTING_LIST: readonly SettingEntry[] = Object.entries(settingsSchema.shape)
  .filter(([key]) => key !== 'editions' && key !== 'topics')
  .flatMap(([key, schema]) => entriesOf(schema, [key]));

function entriesOf(schema: z.ZodType, path: readonly string[]): SettingEntry[] {
  const notes = notesOf(schema);
  if (notes !== null) return [{ ...notes, path, schema, variable: variableOf(path) }];
  return Object.entries(sectionShape(schema) ?? {}).flatMap(([key, inner]) => entriesOf(inner, [...path, key]));
}

/** @returns the keys of a section and what may stand there, or null for a value. */
export function sectionShape(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | null {
  return 'shape' in schema ? (schema.shape as Record<string, z.ZodType>) : null;
}

/** `redis.url` → `REDIS_URL`, as everybody's tools call it; `politeness.delayMs` → `SPUTNIK_POLITENESS_DELAY_MS`. */
function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/[A-Z]/g, '_$&')).join('_');
  const name = words.toUpperCase();
  return name === 'REDIS_URL' ? name : `SPUTNIK_${name}`;
}
