const LANGUAGE = "ru";

const number = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const UNITS = ["Б", "КБ", "МБ", "ГБ", "ТБ"];

export function formatNumber(value: number): string {
  return number.format(value);
}

/** `222298112` → `212 МБ`. */
export function formatBytes(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${number.format(bytes / 1024 ** unit)} ${UNITS[unit]}`;
}

/** `24.11.2026 16:43:00` on the clock of the POS server. */
export function formatTime(at: number, utcOffsetMinutes: number): string {
  const local = new Date(at + utcOffsetMinutes * 60_000);
  return local.toLocaleString(LANGUAGE, { timeZone: "UTC" }).replace(",", "");
}

/** `180` → `UTC+03:00`. */
export function formatOffset(utcOffsetMinutes: number): string {
  const clock = new Date(Math.abs(utcOffsetMinutes) * 60_000).toISOString().slice(11, 16);
  return `UTC${utcOffsetMinutes < 0 ? "-" : "+"}${clock}`;
}
