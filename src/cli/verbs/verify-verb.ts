import type { Command } from 'commander';
import type { VerifyReport } from '../../store/verify/verify-store.js';
import { UsageError } from '../../domain/errors.js';
import { whyUnreadable } from '../../platform/disk-error.js';
import { EXIT, type ExitCode } from '../../platform/exit-codes.js';
import { FAULT_CODES, type Fault, type FaultCode } from '../../store/verify/fault.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import type { Documents } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

interface VerifyOptions {
  readonly repair?: boolean;
  readonly packet?: string;
}

/** Most faults of one kind that are shown to people; `--json` has up to ten thousand. */
const SHOWN_MAX = 20;

export function addVerifyVerb(command: Command): void {
  command
    .description(
      'Reads every record and every capture, compares them with each other and with the catalogue, and ' +
        'lists what is wrong. Exit code 0: nothing is wrong; 6: damage was found.',
    )
    .option('--repair', 'repair what can be derived, and rebuild the catalogue; never deletes a record')
    .option('--packet <file>', 'check a packet of `sputnik cite --packet`; needs no data directory')
    .addHelpText(...examples('sputnik verify', 'sputnik verify --repair'))
    .action(runVerb(verify));
}

const verify: VerbAction<VerifyOptions> = async ({ config, runtime, output, progress }, { repair = false, packet }) => {
  if (packet !== undefined && repair)
    throw new UsageError('--repair cannot be used with --packet, which only reads', { code: 'usage.words' });
  if (packet !== undefined) return provePacket(packet, config.politeness.bodyBytesMax, output);
  const { verifyData } = await import('../../app/maintenance/verify-data.js');
  const report = await verifyData({
    ...runtime,
    repair,
    onProgress: ({ step, ...counts }) => {
      progress.show({ title: `verify, ${step}`, counts, done: counts.records + counts.captures, of: null });
    },
  });
  progress.end();
  tell(report, config.dataDir, output);
  output.document(report satisfies Documents['verify']);
  return report.remainingCount === 0 ? EXIT.done : EXIT.damaged;
};

/** @throws {UsageError} `usage.file` */
function readPacket(path: string, bytesMax: number, read: (path: string, bytesMax: number) => Buffer | null): Buffer {
  try {
    const bytes = read(path, bytesMax);
    if (bytes !== null) return bytes;
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${whyUnreadable(error)}`, { code: 'usage.file', cause: error });
  }
  throw new UsageError(`${path} is larger than ${bytesMax} bytes`, { code: 'usage.file' });
}

async function provePacket(path: string, bodyBytesMax: number, output: Output): Promise<ExitCode> {
  const [{ readLimited }, { PACKET_BYTES_MAX, verifyPacket }] = await Promise.all([
    import('../../platform/read-limited.js'),
    import('../../app/packet/packet.js'),
  ]);
  const bytes = readPacket(path, PACKET_BYTES_MAX, readLimited);
  const report = await verifyPacket(bytes, bodyBytesMax);
  if (report.article !== null) output.line(`${report.article.id}  ${report.article.title}`);
  for (const { file, problem } of report.faults) output.line(`  ${file}: ${problem}`);
  if (report.faults.length === 0) output.line('Nothing is wrong: record, captures, digests and schema agree.');
  output.document(report satisfies Documents['verify-packet']);
  return report.faults.length === 0 ? EXIT.done : EXIT.damaged;
}

function tell(report: VerifyReport, dataDir: string, output: Output): void {
  if (report.records + report.captures + report.faultCount === 0) {
    output.line(`Nothing is stored in ${dataDir}, so nothing was checked.`);
    return;
  }
  output.line(`Read ${report.records} records and ${report.captures} captures.`);
  tellFaults(report.faultCount, report.faults, output);
  if (report.repaired === null) {
    if (report.faultCount > 0)
      output.line('`sputnik verify --repair` mends what can be derived; nothing is deleted by it.');
    return;
  }
  output.line('The catalogue was rebuilt from the records and the captures.');
  if (report.remainingCount > 0) {
    output.line(`${report.remainingCount} faults are left:`);
    tellFaults(report.remainingCount, report.remaining, output);
  }
}

function tellFaults(count: number, faults: readonly Fault[], output: Output): void {
  if (count === 0) {
    output.line('Nothing is wrong.');
    return;
  }
  for (const code of Object.keys(FAULT_CODES) as FaultCode[]) {
    const ofCode = faults.filter((fault) => fault.code === code);
    if (ofCode.length === 0) continue;
    output.line(`${code}: ${FAULT_CODES[code]} (${ofCode.length})`);
    for (const { place, detail } of ofCode.slice(0, SHOWN_MAX)) output.line(`  ${place}: ${detail}`);
    if (ofCode.length > SHOWN_MAX) output.line(`  … and ${ofCode.length - SHOWN_MAX} more`);
  }
}
