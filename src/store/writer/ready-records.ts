import type { Logger } from '../../platform/logger.js';
import type { Database } from '../catalogue/open-database.js';
import type { CommitContext } from './commit-batch.js';
import { migrateRecords } from '../files/migrate-records.js';
import { RECORD_FORM, recordTooNew, type RecordSteps } from '../files/record-forms.js';

/**
 * Has all records in today's form before the writer reads any. The catalogue notes the form, so that nothing is read twice.
 *
 * @returns whether a form was noted; if none, this catalogue has not been filled to the end yet: see {@link noteRecordForm}.
 * @throws {FatalError} `record.tooNew`: a newer version of this program has worked here; else as `migrateRecords`.
 */
export async function readyRecords(
  { dataDir, database }: CommitContext,
  log: Logger,
  steps?: RecordSteps,
): Promise<boolean> {
  const noted = notedForm(database);
  if (noted !== null && noted > RECORD_FORM) throw recordTooNew(noted, 'the catalogue’s note');
  if (noted !== RECORD_FORM) await migrateRecords(dataDir, log, steps);
  return noted !== null;
}

/** Notes that all records are of today's form, and that the catalogue knows them all. */
export function noteRecordForm(database: Database): void {
  database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('recordForm', ?)").run(String(RECORD_FORM));
}

function notedForm(database: Database): number | null {
  const query = database.prepare("SELECT value FROM meta WHERE name = 'recordForm'");
  const row = query.get() as { value: string } | undefined;
  return row === undefined ? null : Number(row.value);
}
