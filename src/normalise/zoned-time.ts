const formats = new Map<string, Intl.DateTimeFormat>();

/** @returns the clock face (as if it were UTC) that the instant shows in an IANA time zone. Pure. */
export function faceInZone(instantMs: number, timeZone: string): number {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/**
 * @param faceMs    A clock face as if it were UTC.
 * @param timeZone  IANA name.
 * @returns         The instant at which a clock there shows it; of the two at the end of summer time the later,
 *                  in the hour that does not exist the moment after it.
 */
export function instantInZone(faceMs: number, timeZone: string): number {
  const guess = faceMs - (faceInZone(faceMs, timeZone) - faceMs);
  return faceMs - (faceInZone(guess, timeZone) - guess);
}

/** One format a zone: making one costs more than reading a page. As many as there are editions' zones. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
