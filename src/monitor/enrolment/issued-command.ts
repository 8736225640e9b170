import type { ToldKind } from "../plugins/told-once.ts";

/** The command of a new code, which is told on one page and stored nowhere. */
export interface IssuedCommand {
  command: string;
  /** Where agents reach it. */
  monitor: string;
  /** ms UTC. */
  endsAt: number;
}

export const ISSUED_COMMAND: ToldKind<IssuedCommand> = { name: "enrolment-command" };
