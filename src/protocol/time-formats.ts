const YEAR = "(?<year>\\d{4})";
const [MONTH, DAY, HOUR, MINUTE, SECOND] = ["month", "day", "hour", "minute", "second"].map(
  (group) => `(?<${group}>\\d\\d)`,
);
const CLOCK = `${HOUR}:${MINUTE}:${SECOND}`;
const POINTED_CLOCK = `${HOUR}[.-]${MINUTE}[.-]${SECOND}(?:[.,](?<millisecond>\\d{3}))?`;

export const TIME_GROUPS = ["year", "month", "day", "hour", "minute", "second"];

/** Times that are recognized only when taught. */
export const TIME_FORMATS: readonly { example: string; pattern: string }[] = [
  { example: "20261124 100001", pattern: `^\\D?${YEAR}${MONTH}${DAY}\\D?${HOUR}${MINUTE}${SECOND}` },
  { example: "24112026 100001", pattern: `^\\D?${DAY}${MONTH}${YEAR}\\D?${HOUR}${MINUTE}${SECOND}` },
  {
    example: "2026-11-24 10.00.01",
    pattern: `^\\D?${YEAR}[-./]${MONTH}[-./]${DAY}\\D{1,2}${POINTED_CLOCK}`,
  },
  {
    example: "24.11.2026 10.00.01",
    pattern: `^\\D?${DAY}[-./]${MONTH}[-./]${YEAR}\\D{1,2}${POINTED_CLOCK}`,
  },
  { example: "MAIN 2026-11-24 10:00:01", pattern: `^\\S+ ${YEAR}[-./]${MONTH}[-./]${DAY}[ T]${CLOCK}` },
  { example: "MAIN 24.11.2026 10:00:01", pattern: `^\\S+ ${DAY}[-./]${MONTH}[-./]${YEAR}[ T]${CLOCK}` },
];
