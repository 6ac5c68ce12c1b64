import type { Telemetry } from 'bullmq';
import { VERSION } from '../platform/package-dir.js';

let telemetry: Telemetry | undefined;

/**
 * From now on the queues of this process open spans for each job that is added or worked off, and a job carries the context of who
 * added it. They go to whichever OpenTelemetry SDK the process was started with (docs/operations.md); without one to nobody.
 */
export async function traceQueues(): Promise<void> {
  const { BullMQOtel } = await import('bullmq-otel');
  telemetry = new BullMQOtel({ tracerName: 'sputnik-harvester', version: VERSION });
}

/** @returns the options of a queue or worker of BullMQ that is opened now. */
export function tracingOptions(): { telemetry?: Telemetry } {
  return telemetry === undefined ? {} : { telemetry };
}
