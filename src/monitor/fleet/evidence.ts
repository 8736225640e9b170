import { sql } from "kysely";
import type { Evidence } from "../../protocol/status-report.ts";
import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { EXCHANGING_STATES, type PosServerState } from "./state.ts";

/** Where administrators confirm the guesses. */
export const GUESSES_URL = "/settings/log-patterns/guesses";

interface Evident {
  state: PosServerState;
  logEvidence: Evidence | null;
}

/** Whether its exchange counts as working by an unconfirmed guess about its log. */
export function worksByGuess({ state, logEvidence }: Evident): boolean {
  return logEvidence === "guess" && EXCHANGING_STATES.includes(state);
}

/** «Синхронизирован · по общим фразам» */
export function stateInWords({ t }: Pick<Viewer, "t">, posServer: Evident): string {
  const words = t(`state.${posServer.state}`);
  return worksByGuess(posServer) ? `${words} · ${t("evidence.guess")}` : words;
}

export async function countGuessed(db: Db, access: OrganizationAccess): Promise<number> {
  const guessed = db
    .selectFrom("posStatus")
    .where("logEvidence", "=", sql.lit("guess"))
    .where("standing", "=", "active")
    .where("state", "in", EXCHANGING_STATES)
    .where(isVisibleTo(access, "organizationId"));
  return await countRows(guessed);
}

/** One line for the whole chain that asks to confirm its guesses; null = there are none. */
export function guessesInWords({ t }: Pick<Viewer, "t">, count: number) {
  return count === 0 ? null : { text: t("evidence.ask", { count }), url: GUESSES_URL };
}
