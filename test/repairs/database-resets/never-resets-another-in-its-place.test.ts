import t from "tap";
import { textOf } from "../../helpers/page.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const ANOTHER = "0b5f6f0c-4d0e-4f0e-9f51-7a9d1f1f0001";

t.test("a POS server that was paired anew before it was told is not reset", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, askForReset, runTo, rowOf } = scene;
  const id = await askForReset({ crmId: "100237", startService: "1", fetchLogs: "1" });
  await scene.work();
  await waitFor(async () => (await rowOf(id)).logRequestId !== null);
  await monitor.app.logRequests.stop();
  await pairWithAnother(scene);
  await monitor.db.updateTable("logRequest").set({ status: "done", finishedAt: monitor.clock() }).execute();
  await runTo(id, "failed");
  t.match(await rowOf(id), { failureCode: "wrong_pos_server", begunAt: null });
  t.same(posServer.resets, [], "nothing was sent");
});

t.test("a reset is for the process of the agent that was shown, and for no other", async (t) => {
  const scene = await startResetScene(t, { machine: "shown" });
  const { monitor, posServer, posServerId, askForReset, runTo, rowOf, user, work } = scene;
  await monitor.app.pollNow(posServerId);
  const dialog = await user.html(`/pos-servers/${posServerId}/database-resets/new`);
  t.match(dialog, '<input type="hidden" name="agent" value="shown">');
  const form = { crmId: "100237", startService: "1", agent: "shown" };

  posServer.machine = "another";
  const refused = await user.post(`/pos-servers/${posServerId}/database-resets`, form);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), /Агент отвечает с другого компьютера/);
  t.match(refused.body, 'name="agent" value="another"', "which is shown now");

  posServer.machine = "shown";
  const id = await askForReset({ ...form, fetchLogs: "1" } as typeof form);
  t.equal((await rowOf(id)).agentMachine, "shown");
  await work();
  await waitFor(async () => (await rowOf(id)).logRequestId !== null);
  posServer.machine = "another";
  await runTo(id, "failed");
  t.match(await rowOf(id), { failureCode: "other_agent", begunAt: null });
  t.same(posServer.resets, [], "nothing was sent");
  t.match(await user.text(`/database-resets/${id}`), /Проверьте, тот ли это компьютер/);
});

t.test("one that was paired anew while it was reset leaves it open what happened", async (t) => {
  const scene = await startResetScene(t, { isSlow: true });
  const { posServer, askForReset, runTo, rowOf, user } = scene;
  const id = await askForReset();
  const work = runTo(id, "failed");
  await waitFor(async () => (await rowOf(id)).commandStep === "stopping_service");
  await pairWithAnother(scene);
  await work;
  t.equal((await rowOf(id)).failureCode, "outcome_unknown");
  t.equal(posServer.resets.length, 1, "the other one is left alone");
  t.match(await user.text(`/database-resets/${id}`), /База данных могла быть перенесена в резерв/);
});

async function pairWithAnother({ monitor, posServer, posServerId }: ResetScene): Promise<void> {
  posServer.identity = ANOTHER;
  await monitor.db
    .updateTable("posServer")
    .set({ identity: ANOTHER })
    .where("id", "=", posServerId)
    .execute();
}
