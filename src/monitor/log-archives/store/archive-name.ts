import { slugOf } from "./slug.ts";

export interface NamedArchive {
  crmId: string;
  posServerName: string;
  /** `YYYY-MM-DD` */
  day: string;
  /** Within the day, from 1. */
  number: number;
}

/** The name of an archive's file in plain ASCII: `pos-100237-tverskaya-12-2026-11-24.zip`, the next one `…-24-2.zip`. */
export function archiveName({ crmId, posServerName, day, number }: NamedArchive): string {
  const parts = ["pos", slugOf(crmId), slugOf(posServerName), day, number > 1 ? String(number) : ""];
  return `${parts.filter((part) => part !== "").join("-")}.zip`;
}
