import type { Command } from 'commander';
import type { Finding } from '../../app/maintenance/examine-machine.js';
import { EXIT, type ExitCode } from '../../platform/exit-codes.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import type { Documents } from '../output/documents.js';

interface DoctorOptions {
  readonly fetchBrowser?: boolean;
}

const MARKS: Readonly<Record<Finding['verdict'], string>> = { good: 'ok', advice: '--', bad: '!!' };
/** What the program itself cannot work without. */
const FOUNDATIONS = ['node', 'disk', 'redis', 'browser'];

export function addDoctorVerb(command: Command): void {
  command
    .description(
      'Checks Redis, browser, disk, clock and whether each edition answers, and says how to fix what is ' +
        'wrong. Exit code 0: all is well; 3: some editions do not answer, or the clock is wrong; 4: Redis, ' +
        'browser or disk cannot be used; 5: no edition answers.',
    )
    .option('--fetch-browser', 'first fetch a private copy of a browser (Debian, Ubuntu; about 100 MB)')
    .addHelpText(...examples('sputnik doctor', 'sputnik doctor --json'))
    .action(runVerb(doctor));
}

const doctor: VerbAction<DoctorOptions> = async ({ runtime, output, progress, signal }, options) => {
  if (options.fetchBrowser === true) {
    const { fetchBrowser } = await import('../../crawlers/browser/find-browser.js');
    const path = await fetchBrowser(runtime.environment.cacheFolder, (note) => {
      progress.show({ title: 'doctor', note, counts: {}, done: 0, of: null });
    });
    progress.end();
    output.line(`A browser is at ${path}`);
  }
  const { examineMachine } = await import('../../app/maintenance/examine-machine.js');
  const findings = await examineMachine(runtime, signal);
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  for (const [at, { subject, verdict, detail, remedy }] of findings.entries()) {
    output.line(`${MARKS[verdict]}  ${subject.padEnd(width)}  ${detail}`);
    // What mends several in a row is said once, below them.
    if (remedy !== null && remedy !== findings[at + 1]?.remedy) output.line(`      ${remedy}`);
  }
  output.document({ findings } satisfies Documents['doctor']);
  return doctorExitCode(findings);
};

function doctorExitCode(findings: readonly Finding[]): ExitCode {
  const bad = findings.filter(({ verdict }) => verdict === 'bad').map(({ subject }) => subject);
  if (bad.some((subject) => FOUNDATIONS.includes(subject))) return EXIT.unusable;
  const editions = findings.filter(({ subject }) => subject.includes('.'));
  if (editions.length > 0 && editions.every(({ verdict }) => verdict === 'bad')) return EXIT.unreachable;
  return bad.length > 0 ? EXIT.incomplete : EXIT.done;
}
