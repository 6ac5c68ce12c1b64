/** @returns whole seconds since 1970 of a UTC instant such as `2023-04-12T11:40:00Z`. */
export function toSeconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}

/** The inverse of {@link toSeconds}. */
export function toInstant(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export function toSecondsOrNull(instant: string | null): number | null {
  return instant === null ? null : toSeconds(instant);
}

export function toInstantOrNull(seconds: number | null): string | null {
  return seconds === null ? null : toInstant(seconds);
}
