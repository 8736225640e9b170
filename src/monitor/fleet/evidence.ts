import { sql } from "kysely";
import type { Evidence } from "../../protocol/status-report.ts";
import type { Db } from "../database/schema.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { EXCHANGING_STATES, type PosServerState } from "./state.ts";

/** Where administrators say whether the guesses are right. */
export const GUESSES_URL = "/settings/log-patterns/guesses";

interface Evident {
  state: PosServerState;
  logEvidence: Evidence | null;
}

/** Whether an exchange counts as working though nobody has confirmed that its log says so. */
export function worksByGuess({ state, logEvidence }: Evident): boolean {
  return logEvidence === "guess" && EXCHANGING_STATES.includes(state);
}

/** A state with by what it is known: «Синхронизирован · по общим фразам». */
export function stateInWords({ t }: Pick<Viewer, "t">, posServer: Evident): string {
  const words = t(`state.${posServer.state}`);
  return worksByGuess(posServer) ? `${words} · ${t("evidence.guess")}` : words;
}

/** Selects the POS servers whose exchange works by a guess. */
function selectGuessed(db: Db, access: OrganizationAccess) {
  return db
    .selectFrom("posStatus")
    .where("logEvidence", "=", sql.lit("guess"))
    .where("standing", "=", "active")
    .where("state", "in", EXCHANGING_STATES)
    .where(isVisibleTo(access, "organizationId"));
}

/** Counts them. */
export async function countGuessed(db: Db, access: OrganizationAccess): Promise<number> {
  const { posServers } = await selectGuessed(db, access)
    .select(({ fn }) => fn.countAll<number>().as("posServers"))
    .executeTakeFirstOrThrow();
  return posServers;
}

/** The one question for the whole chain; null = there is nothing to ask. */
export function guessesInWords({ t }: Pick<Viewer, "t">, count: number) {
  return count === 0 ? null : { text: t("evidence.ask", { count }), url: GUESSES_URL };
}
