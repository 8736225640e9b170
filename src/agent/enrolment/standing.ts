import { errorText } from "../../protocol/error-text.ts";
import { type Enrolment, enrolmentOf, readEnrolment } from "./enrolment.ts";
import { readWaitingCode } from "./waiting-code.ts";

/** How an agent stands with a monitor. */
export interface Standing {
  /** Who has let it in; null = nobody. */
  enrolment: Enrolment | null;
  /** The monitor that has let in another agent, whose files these were; null = there is none. */
  elsewhere: Enrolment | null;
  /** The monitor that it still asks to be let in, or why the code for that cannot be read; null = it asks none. */
  asks: { monitor: string } | { problem: string } | null;
}

/**
 * Reads how an agent stands.
 * @param posServerId null = it has no identity yet.
 * @throws when what is kept of the monitor that has let it in cannot be read or is damaged.
 */
export async function readStanding(stateDirectory: string, posServerId: string | null): Promise<Standing> {
  const stored = await readEnrolment(stateDirectory);
  const enrolment = enrolmentOf(posServerId, stored);
  const asks = await readWaitingCode(stateDirectory).then(
    (code) => code && { monitor: code.monitor },
    (error: unknown) => ({ problem: errorText(error) }),
  );
  return { enrolment, elsewhere: enrolment ? null : stored, asks };
}
