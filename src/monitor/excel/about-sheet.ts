import type { Viewer } from "../viewer/viewer.ts";
import type { Cell, Sheet } from "./workbook.ts";

export interface About {
  viewer: Viewer;
  now: number;
  /** Of the table. */
  rows: number;
  /** The conditions of the table, each with its name, in words. */
  filter: [string, string][];
  /** What else is said, below an empty line. */
  more?: Cell[][];
}

/** The sheet that says what a file is: who made it when, and by which filter. */
export function aboutSheet({ viewer, now, rows, filter, more = [] }: About): Sheet {
  const { t, user, timeZone } = viewer;
  const about = (key: string) => t(`excel.about.${key}`);
  return {
    name: about("sheet"),
    columns: [about("what"), about("value"), ...(more.length > 0 ? [""] : [])].map((heading) => ({
      heading,
    })),
    rows: [
      [about("who"), user ? t("excel.person", { name: user.name, login: user.login }) : null],
      [about("when"), new Date(now)],
      [about("timeZone"), timeZone],
      [about("rows"), rows],
      ...filter,
      ...(more.length > 0 ? [[], ...more] : []),
    ],
    hasFilter: false,
  };
}

/** The heading of a column with times: it names the zone, which Excel does not know. */
export function timeHeading(heading: string, { t, timeZone }: Viewer): string {
  return t("excel.timeHeading", { heading, timeZone });
}
