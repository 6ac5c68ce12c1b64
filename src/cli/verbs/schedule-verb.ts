import type { Command } from 'commander';
import type { ScheduleName } from '../../app/crawl/queue-edition-runs.js';
import type { Config } from '../../config/config.js';
import { unknownName } from '../../domain/nearest-name.js';
import { EXIT } from '../../platform/exit-codes.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { BACKFILLS_PAUSED, describeBackfill, scheduleTable } from '../output/describe-schedules.js';
import { NO_SERVICE } from '../output/describe-crawl.js';
import type { Documents } from '../output/documents.js';

/** In place of a schedule's name, for pause and resume. */
const BACKFILL = 'backfill';

export function addScheduleVerb(command: Command): void {
  command
    .description(
      'Lists the schedules of the service and the running back-fills; runs a schedule now, pauses or resumes it. ' +
        `The name \`${BACKFILL}\` stands for all back-fills, which \`crawl --since\` starts.`,
    )
    .addHelpText(...examples('sputnik schedule list', 'sputnik schedule pause revisit'));
  command
    .command('list', { isDefault: true })
    .summary('schedules with their state and next run (default)')
    .addHelpText(...examples('sputnik schedule', 'sputnik schedule list --json'))
    .action(runVerb(list));
  command
    .command('run')
    .summary('run the schedule now')
    .argument('<name>', 'the schedule')
    .addHelpText(...examples('sputnik schedule run reconcile', 'sputnik schedule run newest --json'))
    .action(runVerb(run));
  command
    .command('pause')
    .summary('stop further runs until you resume it, even after a restart')
    .argument('<name>', `the schedule, or ${BACKFILL}`)
    .addHelpText(...examples('sputnik schedule pause newest', `sputnik schedule pause ${BACKFILL}`))
    .action(runVerb(pause(true)));
  command
    .command('resume')
    .summary('end a pause')
    .argument('<name>', `the schedule, or ${BACKFILL}`)
    .addHelpText(...examples('sputnik schedule resume newest', `sputnik schedule resume ${BACKFILL}`))
    .action(runVerb(pause(false)));
}

const list: VerbAction<object> = async ({ runtime, output }) => {
  const { listSchedules } = await import('../../app/service/control-schedules.js');
  const { isServed, schedules, backfills, areBackfillsPaused } = await listSchedules(runtime);
  output.table(scheduleTable(schedules));
  if (backfills.length > 0) output.lines(['', ...backfills.flatMap((backfill) => describeBackfill(backfill))]);
  if (areBackfillsPaused) output.lines(['', BACKFILLS_PAUSED]);
  if (!isServed) output.line('No service runs for this data directory: `sputnik serve` starts one.');
  output.document({ served: isServed, schedules, backfills, areBackfillsPaused } satisfies Documents['schedule']);
  return EXIT.done;
};

const run: VerbAction<object> = async ({ config, runtime, output }, _options, [word = '']) => {
  const name = scheduleNamed(word, config);
  const { runSchedule } = await import('../../app/service/control-schedules.js');
  const { isServed, runId } = await runSchedule(runtime, name);
  output.line(`${name}: queued as run ${runId}; \`sputnik status\` shows how it goes.`);
  if (!isServed) output.line(NO_SERVICE);
  output.document({ schedule: name, runId, served: isServed } satisfies Documents['schedule-run']);
  return EXIT.done;
};

function pause(paused: boolean): VerbAction<object> {
  return async ({ config, runtime, output }, _options, [word = '']) => {
    const { pauseBackfills, pauseSchedule } = await import('../../app/service/control-schedules.js');
    if (word === BACKFILL) {
      const { isServed } = await pauseBackfills(runtime, paused);
      output.line(paused ? 'Back-fills are paused: the days under way are finished.' : 'Back-fills are resumed.');
      if (!isServed) output.line(NO_SERVICE);
      output.document({ schedule: BACKFILL, paused, served: isServed } satisfies Documents['schedule-pause']);
      return EXIT.done;
    }
    const name = scheduleNamed(word, config);
    const { isServed } = await pauseSchedule(runtime, name, paused);
    output.line(paused ? `${name} is paused.` : `${name} is resumed${isServed ? ', within a minute' : ''}.`);
    if (!isServed) output.line(NO_SERVICE);
    output.document({ schedule: name, paused, served: isServed } satisfies Documents['schedule-pause']);
    return EXIT.done;
  };
}

function scheduleNamed(word: string, config: Config): ScheduleName {
  const names = Object.keys(config.schedules) as ScheduleName[];
  const name = names.find((candidate) => candidate === word);
  if (name !== undefined) return name;
  throw unknownName('schedule', word, names);
}
