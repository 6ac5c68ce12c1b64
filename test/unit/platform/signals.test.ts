import { afterEach, describe, expect, it, vi } from 'vitest';
import { takeStopSignals } from '../../../src/platform/signals.js';

/** What the process would do if the signal came: other listeners, such as the test runner's, are left alone. */
function takenBy(listeners: ReturnType<typeof taken>, name: 'SIGINT' | 'SIGTERM'): void {
  for (const listener of listeners[name]) listener(name);
}

function taken(before: ReadonlySet<unknown>): Record<'SIGINT' | 'SIGTERM', ((name: NodeJS.Signals) => void)[]> {
  const ours = (name: 'SIGINT' | 'SIGTERM') =>
    process.listeners(name).filter((listener) => !before.has(listener)) as ((name: NodeJS.Signals) => void)[];
  return { SIGINT: ours('SIGINT'), SIGTERM: ours('SIGTERM') };
}

describe('the stop signals of a process', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const before = new Set<unknown>([...process.listeners('SIGINT'), ...process.listeners('SIGTERM')]);

  afterEach(() => {
    exit.mockClear();
    const { SIGINT, SIGTERM } = taken(before);
    for (const listener of SIGINT) process.off('SIGINT', listener);
    for (const listener of SIGTERM) process.off('SIGTERM', listener);
    process.removeAllListeners('SIGHUP');
  });

  it('asks for an orderly stop first, and ends the process on the second', () => {
    const signals = takeStopSignals();
    takenBy(taken(before), 'SIGTERM');
    expect(signals.signal.aborted).toBe(true);
    expect(signals.exitCode()).toBe(143);
    expect(exit).not.toHaveBeenCalled();
    takenBy(taken(before), 'SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
  });

  it('are also that the terminal is gone, which is told more than once', () => {
    const signals = takeStopSignals();
    const hangUp = process.listeners('SIGHUP').at(-1);
    hangUp?.('SIGHUP');
    expect([signals.signal.aborted, signals.exitCode()]).toEqual([true, 143]);
    hangUp?.('SIGHUP');
    expect(exit).not.toHaveBeenCalled();
    takenBy(taken(before), 'SIGTERM');
    expect(exit).toHaveBeenCalledWith(143);
  });

  it('end the process with their code even when they come after its work is done', () => {
    const signals = takeStopSignals();
    signals.finish();
    takenBy(taken(before), 'SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
  });
});
