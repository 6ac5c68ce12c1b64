/** @returns the day that it is at `nowMs` in the IANA time zone, as the sites write it: `YYYYMMDD`. Pure. */
export function dayIn(timeZone: string, nowMs: number): string {
  return formatOf(timeZone).format(nowMs).replaceAll('-', '');
}

/** Made once for each zone: that takes a hundred times as long as to use it. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const made = FORMATS.get(timeZone);
  if (made !== undefined) return made;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  FORMATS.set(timeZone, format);
  return format;
}
