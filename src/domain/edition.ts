/** One language or country edition of the agency, as `config/editions/<host>.yaml` describes it. */
export interface Edition {
  /** Today's host, e.g. `big5.sputniknews.cn`. */
  readonly id: string;
  /** Editions of one family share article ids, e.g. `sputniknews.cn`. */
  readonly family: string;
  /** Hosts that serve this edition today, `id` among them; the only hosts that are ever contacted. */
  readonly hosts: readonly string[];
  /** Earlier hosts: their addresses are recognised as this edition's. */
  readonly formerHosts: readonly string[];
  /** BCP 47, with script for Chinese: `zh-Hant`. */
  readonly language: string;
  /** IANA time zone of local times without offset on its pages, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /** Origin (`http://127.0.0.1:8801`) where every address of this edition is fetched, path unchanged; null: the real host. */
  readonly fetchFrom: string | null;
  /** Paths of articles that carry the topics' tags, so that tag pages can be learned from them. */
  readonly seedArticles: readonly string[];
  /** Topic id → paths of its tag pages, when known. */
  readonly tagPages: Readonly<Record<string, readonly string[]>>;
  readonly enabled: boolean;
}

/** A subject that is collected, with its names in every language and script. */
export interface Topic {
  /** e.g. `armenia`. */
  readonly id: string;
  readonly names: readonly string[];
  readonly enabled: boolean;
}

/** How an address was found. The closed list of discovery routes. */
export const DISCOVERY_ROUTES = ['feed', 'tag', 'sitemap', 'day'] as const;
export type DiscoveryRoute = (typeof DISCOVERY_ROUTES)[number];
