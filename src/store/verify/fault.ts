/** The closed list of faults of a data directory, each with its meaning. */
export const FAULT_CODES = {
  'record.notJson': 'a record file is torn or no JSON',
  'record.tooLarge': 'a record file is longer than one that is read',
  'record.notPermitted': 'a record file may not be read by this user',
  'record.diskError': 'the disk gives an error where a record file lies',
  'record.invalid': 'a record is not of the published schema',
  'record.notCanonical': 'a record is not in the one form in which records are written',
  'record.otherIdentity': 'a record stands under the name of another',
  'record.wrongMonth': 'a record stands in a month that is in none of its addresses',
  'record.wrongFolder': 'a record stands under duplicates/ though it repeats none, or the reverse',
  'record.wrongHash': 'a content hash is not that of the text',
  'record.secondCopy': 'an article has two record files',
  'record.brokenLink': 'a link between two records is missing on one side, or leads nowhere',
  'record.captureMissing': 'the capture that a record names does not exist',
  'record.captureDiffers': 'the capture that a record names holds another page',
  'record.notInCatalogue': 'a record is not in the catalogue',
  'file.foreign': 'a file that is no record stands among the records',
  'catalogue.missing': 'there is no catalogue although there are records',
  'catalogue.damaged': 'the catalogue cannot be read',
  'catalogue.differs': 'the catalogue says something else than a record',
  'catalogue.noRecord': 'the catalogue knows a record that does not exist',
  'capture.missing': 'a capture file is gone, or shorter than what was processed of it: restore it from a backup',
  'capture.damaged': 'a capture is torn, or its bytes do not fit their digest',
} as const;
export type FaultCode = keyof typeof FAULT_CODES;

/** One thing that is wrong. */
export interface Fault {
  readonly code: FaultCode;
  /** The file, relative to `dataDir`; with `@offset` for captures. */
  readonly place: string;
  /** One line for people. */
  readonly detail: string;
}

const FAULTS_KEPT_MAX = 10_000;

/** Collects faults; counts all, keeps the first ten thousand. */
export class FaultList {
  readonly faults: Fault[] = [];
  private readonly counts = new Map<FaultCode, number>();

  add(code: FaultCode, place: string, detail: string): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
    if (this.faults.length < FAULTS_KEPT_MAX) this.faults.push({ code, place, detail });
  }

  /** Takes over what another list has collected. */
  include(faults: readonly Fault[], byCode: Partial<Record<FaultCode, number>>): void {
    for (const [code, count] of Object.entries(byCode) as [FaultCode, number][]) {
      this.counts.set(code, (this.counts.get(code) ?? 0) + count);
    }
    this.faults.push(...faults.slice(0, FAULTS_KEPT_MAX - this.faults.length));
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How often each fault was found, in the order of the list. */
  byCode(): Partial<Record<FaultCode, number>> {
    const codes = Object.keys(FAULT_CODES) as FaultCode[];
    return Object.fromEntries(codes.flatMap((code) => (this.counts.has(code) ? [[code, this.counts.get(code)]] : [])));
  }
}
