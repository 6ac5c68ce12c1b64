#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { VERSION } from '../app/harvester/runtime.js';
import { EXIT } from '../platform/exit-codes.js';
import { addConfigVerb } from './verbs/config.js';
import { addCoverageVerb } from './verbs/coverage.js';
import { addCrawlVerb } from './verbs/crawl.js';
import { addDemoVerb } from './verbs/demo.js';
import { addDoctorVerb } from './verbs/doctor.js';
import { addDriftVerb } from './verbs/drift.js';
import { addEditsVerb } from './verbs/edits.js';
import { addExportVerb } from './verbs/export.js';
import { addExtractVerb } from './verbs/extract.js';
import { addFailedVerb } from './verbs/failed.js';
import { addIngestVerb } from './verbs/ingest.js';
import { addReprocessVerb } from './verbs/reprocess.js';
import { addScheduleVerb } from './verbs/schedule.js';
import { addSearchVerb } from './verbs/search.js';
import { addServeVerb } from './verbs/serve.js';
import { addShowVerb } from './verbs/show.js';
import { addStatusVerb } from './verbs/status.js';
import { addVerifyVerb } from './verbs/verify.js';
import { addWhyVerb } from './verbs/why.js';

// A program that has seen enough (`| head`) closes the pipe: no fault of anybody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
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
