/** Local time of a POS server, `2026-11-24 13:42:10,003`, from ms UTC. */
export function formatLogTime(at: number, utcOffsetMinutes: number): string {
  const local = new Date(at + utcOffsetMinutes * 60_000).toISOString();
  return local.replace("T", " ").replace(".", ",").replace("Z", "");
}

/** Local date of a POS server, `2026-11-24`, from ms UTC. */
export function formatLogDate(at: number, utcOffsetMinutes: number): string {
  return formatLogTime(at, utcOffsetMinutes).slice(0, "2026-11-24".length);
}
