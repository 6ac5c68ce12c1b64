// Stands in for an OpenTelemetry SDK: spans that end are appended to $SPANS_FILE, one JSON line each.
import { appendFileSync } from 'node:fs';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import { context, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';

const storage = new AsyncLocalStorage();
const startSpan = (name, _options, parent = context.active()) => {
  const above = trace.getSpanContext(parent);
  const traceId = above?.traceId ?? randomBytes(16).toString('hex');
  const own = { traceId, spanId: randomBytes(8).toString('hex'), traceFlags: TraceFlags.SAMPLED };
  const span = {
    spanContext: () => own,
    end: () => appendFileSync(process.env.SPANS_FILE, `${JSON.stringify({ name, ...own, parent: above?.spanId })}\n`),
    isRecording: () => true,
  };
  for (const name of ['setAttribute', 'setAttributes', 'addEvent', 'setStatus', 'updateName', 'recordException'])
    span[name] = () => span;
  return span;
};

if (isMainThread) {
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...values) => storage.run(active, () => run.call(self, ...values)),
    bind: (active, target) =>
      typeof target === 'function' ? (...values) => storage.run(active, target, ...values) : target,
    enable: () => undefined,
    disable: () => undefined,
  });
  propagation.setGlobalPropagator({
    inject: (active, carrier, setter) => {
      const own = trace.getSpanContext(active);
      if (own) setter.set(carrier, 'traceparent', `00-${own.traceId}-${own.spanId}-01`);
    },
    extract: (active, carrier, getter) => {
      const [, traceId, spanId] = String(getter.get(carrier, 'traceparent') ?? '').split('-');
      return traceId && spanId
        ? trace.setSpanContext(active, { traceId, spanId, traceFlags: 1, isRemote: true })
        : active;
    },
    fields: () => ['traceparent'],
  });
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) });
}
