import Sqlite from "better-sqlite3";
import t from "tap";
import { request } from "undici";
import { runSimulation } from "../helpers/simulation.ts";
import { waitFor } from "../helpers/wait-for.ts";

const EDITED_PROGRAM = 1002372;
const EDITED_PERCENT = 42;

function readPercent(file: string): unknown {
  const database = new Sqlite(file, { readonly: true });
  try {
    return database.prepare("SELECT percent FROM program WHERE id = ?").pluck().get(EDITED_PROGRAM);
  } finally {
    database.close();
  }
}

t.test(
  "A promotion that is edited on the main server reaches the database of a healthy POS server",
  async (t) => {
    const { simulation, folder } = await runSimulation(t, ["pokrovka-17"]);
    const { database } = folder("pokrovka-17");
    t.not(readPercent(database), EDITED_PERCENT);

    const answer = await request(`${simulation.mainServerUrl}/programs/${EDITED_PROGRAM}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ percent: EDITED_PERCENT }),
    });
    t.match(await answer.body.json(), { id: EDITED_PROGRAM, percent: EDITED_PERCENT });

    await waitFor(() => readPercent(database) === EDITED_PERCENT);
  },
);

t.test("The main server refuses an edit that makes no sense", async (t) => {
  const { simulation } = await runSimulation(t, []);
  const edit = (id: number, body: object) =>
    request(`${simulation.mainServerUrl}/programs/${id}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  t.equal((await edit(EDITED_PROGRAM, { percent: 101 })).statusCode, 400);
  t.equal((await edit(1, { percent: 5 })).statusCode, 404);
});

t.test("A damaged database lets every exchange fail, with the reason in the log", async (t) => {
  const { folder, readSyncLog } = await runSimulation(t, ["tverskaya-12"]);
  const failure =
    /ERROR \[12\] — Обмен с главным сервером: ошибка: Не удалось применить изменения программы: нарушена целостность базы \(guest_wallet\) \[SQLITE_CORRUPT/g;
  await waitFor(() => (readSyncLog("tverskaya-12").match(failure) ?? []).length >= 3);
  t.notMatch(readSyncLog("tverskaya-12"), /успешно/);

  const database = new Sqlite(folder("tverskaya-12").database, { readonly: true });
  t.teardown(() => database.close());
  t.throws(() => database.prepare("SELECT sum(balance_kopecks) FROM guest_wallet").get(), {
    code: "SQLITE_CORRUPT",
  });
});

t.test("A silent main server is a failure for one service, and hangs the other", async (t) => {
  const { readSyncLog } = await runSimulation(t, ["arbat-5", "mira-1"]);
  await waitFor(() => readSyncLog("arbat-5").includes("ошибка"));
  t.match(readSyncLog("arbat-5"), /ошибка: Превышено время ожидания ответа главного сервера \(2 с\)/);
  t.match(readSyncLog("mira-1").trimEnd(), /Обмен с главным сервером: начат$/);
});
