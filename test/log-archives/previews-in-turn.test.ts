import t, { type Test } from "tap";
import { createPreviews } from "../../src/monitor/log-archives/preview-plan.ts";
import type { CallOutcome } from "../../src/monitor/pos-client/client.ts";
import type { LogFile } from "../../src/protocol/logs.ts";
import { startMonitor } from "../helpers/app.ts";
import { START } from "../helpers/clock.ts";
import { received } from "../helpers/outcomes.ts";
import { textOf } from "../helpers/page.ts";
import { posServerAt } from "../helpers/pos-server.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { signedIn } from "../helpers/sign-in.ts";
import { waitFor } from "../helpers/wait-for.ts";

const NO_LOGS: CallOutcome<LogFile[]> = { ok: true, value: [], receivedAt: START };

/** A client whose POS servers answer when they are told. */
function startHanging() {
  const calls: { signal: AbortSignal; answer: () => void }[] = [];
  const client = createScriptedClient(() => received(START), {
    listLogs: async (_posServer, _period, signal) => {
      const { promise, resolve } = Promise.withResolvers<CallOutcome<LogFile[]>>();
      calls.push({ signal, answer: () => resolve(NO_LOGS) });
      return await promise;
    },
  });
  return { client, calls };
}

async function start(t: Test) {
  const { client, calls } = startHanging();
  const monitor = await startMonitor(t, { client });
  const id = await monitor.addPosServer();
  const person = async () => {
    const user = await signedIn(monitor, { organizations: "all" });
    return async (minute: number) =>
      await user.get(
        `/pos-servers/${id}/log-requests/preview?from=2026-11-23T13:1${minute}&to=2026-11-24T13:00&maxMegabytes=100`,
      );
  };
  return { calls, anna: await person(), boris: await person() };
}

t.test("one person asks one POS server at a time; another one is served meanwhile", async (t) => {
  const { calls, anna, boris } = await start(t);
  const asked = [0, 1, 2, 3, 4].map((minute) => anna(minute));
  const answered = asked.map(async (preview, index) => ({ index, refused: await preview }));
  const { index: refusedOne, refused } = await Promise.race(answered);
  const hers = asked.filter((_, index) => index !== refusedOne);
  t.equal(refused.statusCode, 429);
  t.match(textOf(refused.body), "Сейчас запрашивается слишком много списков логов");
  await waitFor(() => calls.length > 0);
  const his = boris(5);
  await waitFor(() => calls.length === 2);
  calls[1]?.answer();
  t.equal((await his).statusCode, 200);
  t.equal(calls.length, 2, "her others still wait");
  for (const [index, preview] of hers.entries()) {
    await waitFor(() => calls.length > index + (index > 0 ? 1 : 0));
    calls[index === 0 ? 0 : index + 1]?.answer();
    t.equal((await preview).statusCode, 200);
  }
});

t.test("people who ask for the same are told by one call", async (t) => {
  const { client, calls } = startHanging();
  const previews = createPreviews(client);
  const wanted = { fromAt: START - 1_000, toAt: START, maxBytes: 1_000 };
  const known = { clockShiftMs: 0, utcOffsetMinutes: 0 };
  const posServer = posServerAt("http://127.0.0.1:1");
  const asked = [1, 2].map(() => previews.plan(posServer, known, wanted, new AbortController().signal));
  t.equal(calls.length, 1);
  calls[0]?.answer();
  t.match(await Promise.all(asked), [{ kind: "plan" }, { kind: "plan" }]);
});
