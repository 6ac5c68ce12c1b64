/**
 * Reads a `Retry-After` header (RFC 9110, §10.2.3): seconds, or an HTTP date.
 *
 * @param value   As received, or null.
 * @param nowMs   Milliseconds since the epoch.
 * @returns       Milliseconds to wait, at least 0 and at most a day; null where there is none or it is unreadable.
 *
 * Pure.
 */
export function readRetryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text) * 1000, DAY_MS);
  if (!/^[A-Za-z]{3}/.test(text)) return null;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return null;
  return Math.min(Math.max(0, atMs - nowMs), DAY_MS);
}

const DAY_MS = 86_400_000;
