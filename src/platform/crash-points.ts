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
  'batch.leftoverRemoved',
] as const;
export type CrashPointName = (typeof CRASH_POINTS)[number];

/** Called when a named moment is reached; a test's version ends the process there. It may be reached several times. */
export type CrashPoint = (name: CrashPointName) => void;

/** What runs outside tests. */
export const noCrash: CrashPoint = () => undefined;
