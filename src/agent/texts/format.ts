const LANGUAGE = "ru";

const number = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const UNITS = ["Б", "КБ", "МБ", "ГБ", "ТБ"];

export function formatNumber(value: number): string {
  return number.format(value);
}

/** `222298112` → `212 МБ`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${number.format(value)} ${UNITS[unit]}`;
}

/** `24.11.2026 16:43:00` on the clock of the POS server. */
export function formatTime(at: number, utcOffsetMinutes: number): string {
  const local = new Date(at + utcOffsetMinutes * 60_000);
  return local.toLocaleString(LANGUAGE, { timeZone: "UTC" }).replace(",", "");
}

/** `180` → `UTC+03:00`. */
export function formatOffset(utcOffsetMinutes: number): string {
  const minutes = Math.abs(utcOffsetMinutes);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return `UTC${utcOffsetMinutes < 0 ? "-" : "+"}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}
