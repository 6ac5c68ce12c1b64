#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { VERSION } from '../app/harvester/runtime.js';
import { diskError } from '../platform/disk-error.js';
import { EXIT } from '../platform/exit-codes.js';
import { addConfigVerb } from './verbs/config-verb.js';
import { addCoverageVerb } from './verbs/coverage-verb.js';
import { addCrawlVerb } from './verbs/crawl-verb.js';
import { addDemoVerb } from './verbs/demo-verb.js';
import { addDoctorVerb } from './verbs/doctor-verb.js';
import { addDriftVerb } from './verbs/drift-verb.js';
import { addEditsVerb } from './verbs/edits-verb.js';
import { addExportVerb } from './verbs/export-verb.js';
import { addExtractVerb } from './verbs/extract-verb.js';
import { addFailedVerb } from './verbs/failed-verb.js';
import { addIngestVerb } from './verbs/ingest-verb.js';
import { addReprocessVerb } from './verbs/reprocess-verb.js';
import { addScheduleVerb } from './verbs/schedule-verb.js';
import { addSearchVerb } from './verbs/search-verb.js';
import { addServeVerb } from './verbs/serve-verb.js';
import { addShowVerb } from './verbs/show-verb.js';
import { addStatusVerb } from './verbs/status-verb.js';
import { addVerifyVerb } from './verbs/verify-verb.js';
import { addWhyVerb } from './verbs/why-verb.js';

// A program that has seen enough (`| head`) closes the pipe: no fault of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  const { message, hint } = diskError('write to standard output', error);
  process.stderr.write(`sputnik: ${message}\n  ${hint ?? ''}\n`);
  process.exit(EXIT.unusable);
});

const program = new Command('sputnik')
  .description(
    'Collects what the Sputnik news agency publishes about Armenia and Azerbaijan: whole, once each, with every edit.',
  )
  .version(VERSION)
  .showHelpAfterError('(sputnik --help lists the verbs)')
  .configureHelp({ sortSubcommands: false })
  .exitOverride();

for (const addVerb of [
  addCrawlVerb,
  addServeVerb,
  addDemoVerb,
  addStatusVerb,
  addScheduleVerb,
  addFailedVerb,
  addShowVerb,
  addSearchVerb,
  addExportVerb,
  addEditsVerb,
  addExtractVerb,
  addIngestVerb,
  addReprocessVerb,
  addWhyVerb,
  addCoverageVerb,
  addDriftVerb,
  addVerifyVerb,
  addDoctorVerb,
  addConfigVerb,
]) {
  addVerb(program);
}
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
