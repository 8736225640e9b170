import t, { type Test } from "tap";
import type { FoundReset } from "../../../src/monitor/repairs/database-resets/find-database-resets.ts";
import { shownSteps } from "../../../src/monitor/repairs/database-resets/shown-steps.ts";
import { presentationFor } from "../../../src/monitor/viewer/viewer.ts";
import { START } from "../../helpers/clock.ts";
import { startResetScene } from "../../helpers/resets.ts";
import type { ResettablePosServer } from "../../helpers/resettable-pos-server.ts";

const SECOND_MS = 1_000;

async function pageOfFailed(t: Test, changes: Partial<ResettablePosServer>): Promise<string> {
  const { monitor, posServerId, askForReset, runTo, user } = await startResetScene(t, changes);
  await monitor.app.pollNow(posServerId);
  const id = await askForReset();
  await runTo(id, "failed");
  return await user.text(`/database-resets/${id}`);
}

t.test("a reset of a database that another program holds says what its page says", async (t) => {
  const resetError = {
    error: "database_in_use",
    message: "pos.db is open in another program",
    isMoved: false,
  };
  const held = await pageOfFailed(t, { resetError, syncError: "database is locked" });
  t.match(held, /База данных не убрана в резерв .* перезапустите службу\. Сброс не поможет/);
  t.notMatch(held, /ещё раз/);

  const damaged = await pageOfFailed(t, { resetError });
  t.match(
    damaged,
    /Закройте .* и сбросьте базу ещё раз.*Сбросить ещё раз/,
    "what a reset helps is tried again",
  );
});

t.test("a step that came to nothing does not go on in words", async (t) => {
  const moveFailed = await pageOfFailed(t, {
    resetError: { error: "move_failed", message: "EACCES", isMoved: false },
  });
  t.match(moveFailed, /База данных не убрана в резерв/);
  t.notMatch(moveFailed, /Убираем/);
});

t.test("how long the database took is not told anew when the exchange is back", async (t) => {
  const viewer = { user: null, organizations: "all" as const, ...presentationFor("ru", "UTC") };
  const entered = [
    { step: "resetting" as const, at: START, detail: null },
    { step: "awaiting_sync" as const, at: START + 6 * SECOND_MS, detail: null },
    { step: "done" as const, at: START + 12 * SECOND_MS, detail: null },
  ];
  const timeOf = (steps: number, reset: object) => {
    const known = { requestedAt: START, begunAt: START, failureCode: null, startService: 1, ...reset };
    const shown = shownSteps(viewer, entered.slice(0, steps), known as unknown as FoundReset, {
      isAgentAwaited: false,
      now: START + 20 * SECOND_MS,
    });
    return shown[0]?.time;
  };
  const first = timeOf(2, { step: "awaiting_sync", runsAt: null, syncedAt: null });
  t.match(first, /6/);
  const known = { runsAt: START + 5 * SECOND_MS, syncedAt: START + 8 * SECOND_MS };
  t.equal(timeOf(3, { step: "done", ...known }), first, "the service ran before anybody knew");
});
