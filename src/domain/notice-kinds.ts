/** What people can be told of. */
export const NOTICE_KINDS = ['article', 'edit', 'withdrawal', 'edition', 'quarantine', 'drift'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
