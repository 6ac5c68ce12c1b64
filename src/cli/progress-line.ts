/** One line on standard error that is rewritten in place; silent where that is no terminal. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Least time between two repaints. */
const REPAINT_MS = 100;

export function createProgressLine(stream: NodeJS.WriteStream, enabled: boolean): ProgressLine {
  if (!enabled || !stream.isTTY) return { show: () => undefined, clear: () => undefined };
  let paintedAt = 0;
  let shown = false;
  return {
    show: (text) => {
      const now = performance.now();
      if (now - paintedAt < REPAINT_MS) return;
      paintedAt = now;
      shown = true;
      stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, stream.columns - 1))}`);
    },
    clear: () => {
      if (shown) stream.write('\r\u001b[2K');
      shown = false;
    },
  };
}
