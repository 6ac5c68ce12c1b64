import type { EditionCoverage } from '../../app/coverage/read-coverage.js';
import type { PageHistory } from '../../app/coverage/read-page-history.js';
import type { BackfillEstimate } from '../../app/crawl/estimate-backfill.js';
import type { BackfillStatus } from '../../app/crawl/backfill-pace.js';
import type { IngestReport } from '../../app/ingest/ingest.js';
import type { Finding } from '../../app/maintenance/examine-machine.js';
import type { ReprocessReport } from '../../app/maintenance/reprocess.js';
import type { SavedFixture } from '../../app/maintenance/save-drift-page.js';
import type { NotifyDecision } from '../../app/notify/decide-undelivered.js';
import type { TriedTarget } from '../../app/notify/test-rules.js';
import type { VerifyReport } from '../../store/verify/verify-store.js';
import type { PacketReport } from '../../app/packet/packet.js';
import type { ScheduleStatus, Status } from '../../app/service/read-status.js';
import type { DescribedSetting } from '../../config/describe-config.js';
import type { Article } from '../../domain/article.js';
import type { Outcome } from '../../domain/outcome.js';
import type { ArticleEdits } from '../../edits/list-article-edits.js';
import type { Tally } from '../../export/tally-articles.js';
import type { NotifyStatus } from '../../notify/outbox/read-notify.js';
import type { CrawlSummary } from '../../queue/crawl-jobs.js';
import type { SearchHit } from '../../store/catalogue/search-corpus.js';
import type { NotedExtractorChange } from '../../store/catalogue/corpus-queries.js';
import type { QuarantinedPage } from '../../store/catalogue/quarantine-table.js';
import type { DriftReport } from '../../store/drift/drift-report.js';

/**
 * What `--json` prints, by verb and part. `npm run schema` makes `schema/cli/<verb>.schema.json` of each, which is a promise:
 * keys are only ever added.
 */
export interface Documents {
  /** Any verb that fails, beside the message on standard error. */
  error: { readonly error: ToldError };
  /** With `--detach` the crawl goes on without the command. */
  crawl: CrawlDocument | { readonly runId: string; readonly detached: true; readonly served: boolean };
  /** With `--estimate`. */
  'crawl-estimate': BackfillEstimate;
  /** Printed once the service is ready. */
  serve: { readonly ready: true; readonly origin: string | null; readonly parts: readonly string[] };
  demo: DemoDocument;
  status: Status;
  schedule: ServedDocument & {
    readonly schedules: readonly ScheduleStatus[];
    /** Those under way. */
    readonly backfills: readonly BackfillStatus[];
    readonly areBackfillsPaused: boolean;
  };
  'schedule-run': ServedDocument & { readonly schedule: string; readonly runId: string };
  'schedule-pause': ServedDocument & { readonly schedule: string; readonly paused: boolean };
  failed: { readonly count: number; readonly pages: readonly FailedPage[] };
  'failed-show': FailedPage;
  'failed-retry': { readonly retried: number; readonly remaining: number; readonly pages: readonly RetriedPage[] };
  'failed-drop': { readonly dropped: readonly Pick<QuarantinedPage, 'id' | 'pageId' | 'url'>[] };
  notify: NotifyStatus;
  'notify-test': { readonly tried: readonly TriedTarget[] };
  'notify-decide': NotifyDecision;
  show: Article;
  'show-diff': ArticleEdits;
  search: SearchDocument;
  /** With `-o FILE`; without, standard output holds the export itself. */
  export: {
    readonly format: string;
    readonly file: string;
    readonly bytes: number;
    readonly articles: number;
    /** Records that could not be read, and were left out. */
    readonly damaged: number;
    /** With `--changed-since`: where the next one begins. */
    readonly nextCursor?: string;
  };
  stats: Tally;
  /** `packet`: the file that was written; null without `--packet`. */
  cite: { readonly id: string; readonly style: string; readonly citation: string; readonly packet: string | null };
  edits: { readonly count: number; readonly steps: readonly ArticleEdits[] };
  /** With `--reader`. */
  'edits-reader': { readonly count: number; readonly extractorChanges: readonly NotedExtractorChange[] };
  extract: Article;
  ingest: CrawlDocument & Omit<IngestReport, 'summary'>;
  reprocess: ReprocessReport;
  why: { readonly pages: readonly PageHistory[] };
  coverage: CoverageDocument;
  drift: DriftReport;
  'drift-save': SavedFixture;
  verify: VerifyReport;
  'verify-packet': PacketReport;
  doctor: { readonly findings: readonly Finding[] };
  completion: { readonly shell: string; readonly script: string };
  config: { readonly settings: readonly DescribedSetting[] };
  'config-check': { readonly file: string; readonly valid: true };
}

interface ToldError {
  /** As in docs/errors.md; `bug` for a fault of the program. */
  readonly code: string;
  readonly message: string;
  /** What mends it. */
  readonly hint: string | null;
}

/** The nine keys of a crawl's summary, and then the unreachable editions, if any. */
export type CrawlDocument = Omit<
  CrawlSummary,
  'requestedBy' | 'aborted' | 'unreachable' | 'unreadLists' | 'archives' | 'browser' | 'overlong' | 'piece' | 'ofPieces'
> &
  Partial<Pick<CrawlSummary, 'unreachable'>>;

interface DemoDocument {
  readonly dataDir: string;
  /** Pages of the test site that are on a topic, by its own truth. */
  readonly onTopicPages: number;
  readonly articles: number;
  readonly duplicates: number;
  readonly renditions: number;
  readonly crawls: readonly CrawlDocument[];
}

interface ServedDocument {
  /** Whether a service works in the data directory. */
  readonly served: boolean;
}

type FailedPage = QuarantinedPage & {
  /** UTC instant; null: when somebody says so. */
  readonly nextTryAt: string | null;
};

export interface RetriedPage {
  readonly id: number;
  readonly pageId: string;
  readonly url: string;
  readonly outcome: Outcome;
  /** Under which id it is in quarantine again; null: it has left it. */
  readonly quarantineId: number | null;
  readonly code: string | null;
}

interface SearchDocument {
  readonly words: string;
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** Number of articles on this page. */
  readonly count: number;
  readonly articles: readonly FoundArticle[];
  /** Ids of articles of this page that are left out because their records cannot be read. */
  readonly unreadable: readonly string[];
}

export type FoundArticle = Pick<
  Article,
  'id' | 'publishedAt' | 'edition' | 'title' | 'url' | 'topics' | 'duplicateOf'
> &
  Pick<SearchHit, 'passage'>;

interface CoverageDocument {
  readonly gaps: number;
  readonly editions: readonly EditionCoverage[];
  /** The crawls made by `--fill`. */
  readonly filled?: readonly CrawlDocument[];
}
