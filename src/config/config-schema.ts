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
  oneOf,
  section,
  whole,
  yesOrNo,
  waitsSetting,
} from './setting-kinds.js';

/**
 * Every setting: its key, its allowed values and what it does. The defaults are in config/default.yaml and nowhere
 * else.
 */

const GIGABYTE = 1_000_000_000;

const isPrintable = (text: string): boolean => /^[\x20-\x7e]{1,256}$/.test(text) && text.trim() === text;

const schedule = (what: string) =>
  section({
    cron: checked('cron of 5 fields, or of 6 with seconds first', isCron, `When ${what}.`),
    timeZone: checked('an IANA time zone such as UTC or Asia/Yerevan', isTimeZone, 'Time zone of the cron expression.'),
    enabled: yesOrNo('If false, the schedule is not registered; `sputnik schedule run` can still start it.'),
  });

const crawlSchedule = (what: string) =>
  section({
    ...schedule(what).shape,
    deadlineMinutes: whole(
      'minutes',
      1,
      1_440,
      'How long the run of one edition may take. After that the run ends in order, keeps what it has, and is counted as overlong.',
    ),
  });

const politeness = section({
  delayMs: whole('milliseconds', 0, HOUR_MS, 'Minimum time between the starts of two requests to one host.'),
  concurrencyPerHost: whole('requests', 1, 64, 'Maximum number of requests to one host at the same time.'),
  obeyRobots: yesOrNo('Whether to obey robots.txt. If false, load-more lists are used as well.'),
  userAgent: checked(
    '1 to 256 printable ASCII characters',
    isPrintable,
    'The User-Agent header. It should say who crawls and give an address for complaints.',
  ),
  timeoutMs: whole('milliseconds', 100, HOUR_MS, 'Time limit for a whole request, from connecting to the last byte.'),
  bodyBytesMax: whole(
    'bytes',
    1_000,
    GIGABYTE,
    'Maximum size of a response body, measured after its content encoding is removed. A longer one is recorded as `tooLarge`.',
  ),
  retries: whole(
    'further attempts',
    0,
    20,
    'How often a failed request is tried again when its cause is expected to pass.',
  ),
});

const browser = section({
  mode: oneOf(
    ['never', 'fallback', 'always'],
    'When a real browser fetches pages: never, only where plain HTTP gave no article (`fallback`), or always.',
  ),
  executablePath: checkedOrNull(
    'a path',
    (path) => path !== '',
    'The browser to start. If null, the one that Playwright finds.',
  ),
  pagesMax: whole(
    'pages',
    1,
    10_000,
    'A browser is replaced by a fresh one after this many pages, which limits its memory.',
  ),
  deadlineMs: whole(
    'milliseconds',
    1_000,
    HOUR_MS,
    'Time limit for one page in the browser, enforced from outside the browser.',
  ),
});

const recheckRule = section({
  ageHoursMax: whole('hours', 1, 876_000, 'The rule applies to articles younger than this.'),
  everyMinutes: whole('minutes', 1, 5_256_000, 'Time between two fetches.'),
});

const crawl = section({
  via: listSetting(
    z.enum(DISCOVERY_ROUTES, `one of ${DISCOVERY_ROUTES.join(', ')}`),
    `routes (${DISCOVERY_ROUTES.join(', ')})`,
    { min: 1, max: 4 },
    'How articles are found when a command does not name any routes.',
  ),
  recheck: listSetting(
    recheckRule,
    'rules { ageHoursMax, everyMinutes }, youngest first',
    { min: 0, max: 20 },
    'How often a known article is fetched again, by its age. The first rule that fits applies; articles older than every rule are left alone.',
  )
    .refine(
      (rules) => rules.every((rule, at) => at === 0 || rule.ageHoursMax > (rules[at - 1]?.ageHoursMax ?? 0)),
      'rules in the order of ageHoursMax, each higher than the one before',
    )
    .meta({
      allowed: 'a list of rules { ageHoursMax, everyMinutes }, youngest first, 0 to 20 of them',
      meaning:
        'How often a known article is fetched again, by its age. The first rule that fits applies; articles older than every rule are left alone.',
    }),
  retryMinutes: waitsSetting(
    whole('minutes', 1, 43_200, ''),
    'minutes',
    { min: 1, max: 20 },
    'How many minutes to wait before a failed page is tried again: after its first failure in a row, its second, and so on. The last number applies to all further failures.',
  ),
  itemsMax: whole(
    'pages',
    1,
    10_000_000,
    'Maximum number of pages in one crawl. A crawl that reaches it says so and ends.',
  ),
  listPagesMax: whole('pages', 1, 100_000, 'Maximum number of pages that are followed in one list.'),
  sitemapDays: whole(
    'days',
    1,
    36_500,
    'How many days of the sitemap are read when no range of days is given, counting back from today.' +
      ' An article that the site adds to an earlier day later is found only if a feed or tag page lists it, or by a crawl of that day.',
  ),
});

const web = section({
  host: checked(
    'an IP address or a host name',
    (host) => /^[A-Za-z0-9.:-]{1,253}$/.test(host),
    'The address on which `serve` listens. Any address other than loopback requires `web.token`.',
  ),
  port: whole(null, 0, 65_535, 'The port on which `serve` listens. 0 means any free port.'),
  token: checkedOrNull(
    '16 to 256 printable ASCII characters without spaces',
    (token) => /^[\x21-\x7e]{16,256}$/.test(token),
    'Secret that every client of `serve` must send, as `Authorization: Bearer <token>` or as the password that a browser asks for. If null, none is needed.',
    'whole',
  ),
  requestsPerMinute: whole(
    'requests',
    1,
    1_000_000,
    'Maximum number of requests from one client in a minute, up to a quarter of them at once. Further requests get the answer 429. A client is one IPv4 address or one 64-bit IPv6 network.',
  ),
});

/** All settings, with their keys in the order of the contract, §3. */
export const settingsSchema = section({
  dataDir: checked(
    'a path',
    (path) => path !== '' && !path.includes('\0'),
    'The folder that holds articles, captures and catalogue. A relative path starts at the working directory.',
  ),
  redis: section({
    url: checkedOrNull(
      'redis://… or rediss://…, a `%` of a password as %25',
      isUrlOf(['redis:', 'rediss:']),
      'The Redis to use. rediss:// uses TLS; NODE_EXTRA_CA_CERTS names your own certificate authority. If null, the program runs its own Redis and keeps its data under dataDir.',
      'credentials',
    ),
    prefix: checkedOrNull(
      'letters, digits, dots, dashes and underscores, at most 64',
      (prefix) => /^[\w.-]{1,64}$/.test(prefix),
      'The beginning of every key in Redis. If null, it is derived from the data directory’s own id, so that several data directories can share one Redis; a crawl host then uses the prefix of the only writer on that Redis.',
    ),
  }),
  politeness,
  proxy: section({
    urls: listSetting(
      checked('http(s)://[user:password@]host:port', isBareUrlOf(['http:', 'https:']), ''),
      'http(s)://[user:password@]host:port',
      { min: 0, max: 100 },
      'Proxies for the requests, used in turn. If empty, requests go out directly.',
      'credentials',
    ),
  }),
  browser,
  schedules: section({
    newest: crawlSchedule('feeds, tag pages and the newest days of the sitemap are read'),
    revisit: crawlSchedule('known articles are fetched again if they are due by their age (`crawl.recheck`)'),
    retry: crawlSchedule('failed pages are tried again if they are due by `crawl.retryMinutes`'),
    reconcile: crawlSchedule('feed, sitemap and tag pages are compared with the store, and gaps are filled'),
    maintenance: schedule(
      'the daily maintenance runs. It removes old summaries and failed jobs, compacts the catalogue, closes the capture file and checks some records',
    ),
  }),
  crawl,
  extract: section({
    threads: whole(
      'threads',
      1,
      64,
      'Maximum number of worker threads that read pages. Further threads start once pages have waited for a second; for `reprocess` and `verify --repair` they all start at once.',
    ),
    deadlineMs: whole(
      'milliseconds',
      100,
      HOUR_MS,
      'Time limit for reading one page. A page that takes longer is quarantined.',
    ),
    memoryMb: whole(
      'megabytes',
      32,
      16_384,
      'Heap size of one thread that reads pages. A page that needs more is quarantined.',
    ),
  }),
  dedupe: section({
    windowDays: whole(
      'days',
      0,
      36_500,
      'Near duplicates are searched among articles that were published at most this many days apart. 0 means at the same moment only.',
    ),
    threshold: fraction(
      0.3,
      1,
      'Minimum similarity of near duplicates (weighted Jaccard of character 4-grams). A lower value links more articles, and more of them wrongly.',
    ),
  }),
  lateness: section({
    gaps: fraction(
      1,
      1_000,
      'An edition, or a topic in it, is late when it has published nothing for this many times its usual gap between publications and for at least `lateness.hoursMin`. The usual gap is learned.',
    ),
    hoursMin: fraction(
      0,
      8_760,
      'An edition is never late before this many hours without a publication, however short its usual gap is.',
    ),
    unreadHours: fraction(0.01, 8_760, 'An edition is also late when none of its lists was read for this many hours.'),
  }),
  captures: section({
    fileBytesMax: whole('bytes', 100_000, 100 * GIGABYTE, 'When a WARC file reaches this size, a new one is begun.'),
  }),
  web,
  log: section({ level: oneOf(LOG_LEVELS, 'The lowest level that is logged, to standard error.') }),
  queueBoard: section({
    enabled: yesOrNo(
      'Whether `serve` offers Bull Board at /queues/board/. It is read only and follows the same access rules as every page. It requires @bull-board/api and @bull-board/ui, installed beside this program.',
    ),
  }),
  tracing: section({
    enabled: yesOrNo(
      'Whether each queued job opens OpenTelemetry spans. The SDK that you start the process with decides where they are sent.',
    ),
  }),
  workers: section({
    pageConcurrency: whole(
      'pages',
      1,
      256,
      'How many captured pages are processed at the same time. Several share one fsync.',
    ),
    crawlConcurrency: whole(
      'crawls',
      1,
      256,
      'How many crawls one process runs at the same time. A scheduled crawl covers one edition, and every crawl keeps to the pace of its host. If the number is lower than editions times schedules, an edition in trouble can hold up others.',
    ),
    backfillConcurrency: whole(
      'parts',
      1,
      64,
      'How many days of back-fills one process crawls at the same time, in addition to the crawls. If the number is lower than that of the editions, hosts stay idle.',
    ),
  }),
  notify: notifySchema,
  editions: editionsSchema,
  topics: topicsSchema,
});

/** @returns the keys of a section with their schemas, or null for a value. */
export function sectionShape(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | null {
  return 'shape' in schema ? (schema.shape as Record<string, z.ZodType>) : null;
}
