import type { ToldKind } from "../plugins/told-once.ts";
import type { EnrolmentCommands } from "./enrolment-commands.ts";

/** The commands of a new code, which are told on one page and stored nowhere. */
export interface IssuedCommands extends EnrolmentCommands {
  /** Where agents reach it. */
  monitor: string;
  /** ms UTC. */
  endsAt: number;
}

export const ISSUED_COMMANDS: ToldKind<IssuedCommands> = { name: "enrolment-commands" };
