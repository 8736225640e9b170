import { ENDS_BY_ITSELF } from "../fleet/end-takings.ts";
import type { PastTaking } from "../fleet/takings.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** A taking as the history has it: who, with which note, from when to when, and what ended it by itself. */
export function takingInHistory({ t }: Viewer, taking: PastTaking, now: number) {
  const endedAt = taking.endedAt ?? (taking.endsAt <= now ? taking.endsAt : null);
  const isTimeOver = taking.endedAt === null && endedAt !== null;
  const end = isTimeOver ? "time" : ENDS_BY_ITSELF.find((known) => known === taking.endedBy);
  const words = [taking.note, end ? t(`taking.ended.${end}`) : null].filter((text) => text !== null);
  return {
    id: `taking-${taking.id}`,
    at: taking.takenAt,
    endedAt,
    label: t(endedAt === null ? "taking.inHistory.now" : "taking.inHistory.past", { name: taking.userName }),
    cause: words.length > 0 ? { text: words.join(" · "), error: null } : null,
  };
}
