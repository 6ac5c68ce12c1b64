/**
 * The moments at which a process may die that tests choose by name, in the order in which a batch of the store passes them.
 * The closed list.
 */
export const CRASH_POINTS = [
  'batch.folded',
  'files.tempOpened',
  'files.tempWritten',
  'files.tempSynced',
  'files.beforeRename',
  'files.renamed',
  'files.folderSynced',
  'batch.filesWritten',
  'batch.committed',
  'batch.orphanRemoved',
] as const;

/**
 * The same on the way of a page: between its capture, its queue, its reading and its acknowledgement, and while a process starts.
 * The closed list.
 */
export const WORK_CRASH_POINTS = [
  'start.locked',
  'start.capturesRepaired',
  'start.storeOpened',
  'start.pendingQueued',
  'capture.appended',
  'capture.queued',
  'list.taken',
  'list.stored',
  'page.taken',
  'page.interpreted',
  'page.stored',
  'page.counted',
  'page.acknowledged',
  'run.summed',
  'run.recorded',
] as const;

/** The same while articles are extracted again from their captures: no crawl passes these. The closed list. */
export const REEXTRACT_CRASH_POINTS = ['reextract.noted', 'reextract.taken', 'reextract.stored'] as const;

/** The same while somebody decides about a page in quarantine. The closed list. */
export const QUARANTINE_CRASH_POINTS = [
  'quarantine.taken',
  'quarantine.read',
  'quarantine.released',
  'quarantine.dropped',
  'quarantine.counted',
] as const;

/** The same on the way of a capture from a crawl host to the writer; an undivided service passes none of these. The closed list. */
export const DELIVERY_CRASH_POINTS = ['delivery.sent', 'piece.appended', 'piece.queued', 'delivery.accepted'] as const;

export type CrashPointName =
  | (typeof CRASH_POINTS)[number]
  | (typeof WORK_CRASH_POINTS)[number]
  | (typeof DELIVERY_CRASH_POINTS)[number]
  | (typeof REEXTRACT_CRASH_POINTS)[number]
  | (typeof QUARANTINE_CRASH_POINTS)[number];

/** Called when a named moment is reached; a test's version ends the process there. It may be reached several times. */
export type CrashPoint = (name: CrashPointName) => void;

/** What runs outside tests. */
export const noCrash: CrashPoint = () => undefined;
