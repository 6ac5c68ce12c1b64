import type { ScheduleStatus } from '../../app/service/read-status.js';
import type { Output } from './text-output.js';

/** The schedules of the service as a table for people. */
export function scheduleTable(schedules: readonly ScheduleStatus[]): Parameters<Output['table']>[0] {
  return [
    ['schedule', { title: 'cron', drop: 1 }, { title: 'zone', cutTo: 6, drop: 2 }, 'state', 'next run'],
    ...schedules.map(({ name, cron, timeZone, state, nextAt }) => [
      name,
      cron,
      timeZone,
      state === 'notRunning' ? 'not running' : state,
      nextAt ?? '',
    ]),
  ];
}
