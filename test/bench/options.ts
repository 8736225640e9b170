/** Everything smaller and shorter, for all benchmarks to take a few minutes: shows that they work, and what has gone far astray. */
export const isQuick = process.argv.includes("--quick");

/** `--name value` of the command line, else what a whole run or a quick one takes. */
export function numberOption(name: string, whole: number, quick = whole): number {
  const at = process.argv.indexOf(`--${name}`);
  if (at === -1) return isQuick ? quick : whole;
  return Number(process.argv[at + 1]);
}
