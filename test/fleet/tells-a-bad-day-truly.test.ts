import t from "tap";
import { createMailSink } from "../../src/demo/messages/mail-sink.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { addApiToken } from "../helpers/api.ts";
import { TERMS } from "../helpers/channels.ts";
import { START } from "../helpers/clock.ts";
import { downloadWorkbook, tableOf } from "../helpers/download.ts";
import { logLines } from "../helpers/log-lines.ts";
import { addChannel, addRule, tell } from "../helpers/notifications.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { rowsOf, signedIn } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";

type Word = "well" | "silent" | "refused" | "damaged" | "stopped";

/** What really is the matter with each of thirty, by minutes since the day began, and since when. */
function truthOf(index: number, minute: number): { word: Word; since: number } {
  const within = (word: Word, from: number, to: number) =>
    minute >= from && minute < to ? { word, since: from } : { word: "well" as const, since: to };
  if (index < 20) return within("silent", 5, [25, 32, 40][Math.floor(index / 7)] ?? 40);
  if (index < 24) return within("silent", 6, 50);
  if (index === 24) return within("damaged", 2, 99);
  if (index === 25) return within("stopped", 10, 35);
  if (index === 26) return within("refused", 6, 99);
  const blink = 12 + 6 * Math.floor((minute - 12) / 6);
  return index === 27 && minute >= 12 && minute < 48
    ? within("silent", blink, blink + 3)
    : within("well", 0, 0);
}

const STATES: Record<Word, string> = {
  well: "synced",
  silent: "unreachable",
  refused: "unreachable",
  damaged: "sync_error",
  stopped: "service_stopped",
};
/** Between changes, each of which two polls show. */
const MOMENTS = [4.5, 9.5, 14.5, 20.5, 23.5, 29.5, 38.5, 44.5, 53.5, 59.5];

t.test("a bad hour is told as it was, by all that tells of it, at ten moments", async (t) => {
  const log = logLines();
  const ids: number[] = [];
  const minute = () => (monitor.clock() - START) / MINUTE_MS;
  const monitor = await startPoller(t, ({ id }) => answerOf(ids.indexOf(id)), { logStream: log.stream });
  const { app, db, clock } = monitor;
  for (let index = 0; index < 30; index++) ids.push(await monitor.addPosServer());
  const mail = await createMailSink();
  t.teardown(() => mail.close());
  const settings = { ...TERMS.email.settings, port: String(mail.port), login: "" };
  await addRule(monitor, await addChannel(monitor, { kind: "email", settings, secrets: { password: "" } }));
  const api = await addApiToken(monitor);
  const user = await signedIn(monitor, { organizations: "all" });
  const { t: say, format } = presentationFor("ru", "Europe/Moscow");

  for (const moment of MOMENTS) {
    while (minute() < moment) {
      clock.advance(10_000);
      await app.poller.tick();
      await app.poller.idle();
      await keepIncidents(db, clock());
      await tell(monitor);
    }
    await compare(moment);
  }
  const subjects = mail.mails().map(({ headers }) => headers.subject?.replaceAll("\u00A0", " "));
  t.same(subjects, [
    "6 POS-серверов не обмениваются",
    "Тверская, 25: ошибка синхронизации",
    "Тверская, 27: нет связи",
    "Тверская, 26: служба остановлена",
    "Тверская, 26: восстановлено за 25 мин",
    "Восстановлено за 45 мин",
  ]);
  const logged = (msg: string) => log.ofLevel("info").filter((line) => line.msg === msg);
  const opened = new Set(logged("An incident is open").map(({ incidentId }) => incidentId));
  const incidents = await db.selectFrom("incident").select(["id", "closedAt"]).execute();
  for (const { id } of incidents) t.ok(opened.has(id), `the log has incident ${id}`);
  const closed = incidents.filter(({ closedAt }) => closedAt !== null);
  t.equal(logged("An incident is over").length, closed.length);
  t.equal(logged("A message was sent").length, subjects.length);

  function answerOf(index: number) {
    const { word, since } = truthOf(index, minute());
    const ill = { syncedAgoMs: (minute() - since) * MINUTE_MS + 30_000 };
    switch (word) {
      case "well":
        return received(clock());
      case "silent":
        return failed(clock(), index < 20 ? "response_timeout" : "connect_refused");
      case "refused":
        return failed(clock(), "unauthorized", "no such token");
      case "damaged":
        return received(clock(), { ...ill, error: "нарушена целостность базы" });
      case "stopped":
        return received(clock(), {
          ...ill,
          service: { name: "iikoCard5POS", state: "stopped", startedAt: null },
        });
    }
  }

  async function compare(moment: number): Promise<void> {
    const now = clock();
    const truth = new Map(ids.map((id, index) => [id, truthOf(index, moment)]));
    const bad = ids.filter((id) => truth.get(id)?.word !== "well");
    const rows = new Map(rowsOf(await user.html("/pos-servers")).map((row) => [row.id, row.text]));
    const exported = tableOf((await downloadWorkbook(app, "/pos-servers.xlsx")).sheets[0]);
    const { items } = (await api.get("/pos-servers?limit=100")).json();
    for (const { id, name, state, stateSince } of items) {
      const { word, since } = truth.get(id) ?? { word: "well", since: 0 };
      const what = `${name} at ${moment}`;
      t.equal(state, STATES[word], what);
      const inFile = exported.find((row) => row["POS-сервер"] === name);
      t.equal(inFile?.Состояние, say(`state.${STATES[word]}`), what);
      if (word === "well") continue;
      const lateMs = Date.parse(stateSince) - START - since * MINUTE_MS;
      t.ok(lateMs >= 0 && lateMs <= 70_000, `${what} since ${stateSince}`);
      const lasted = format.lasted(Date.parse(stateSince), now).text.replaceAll("\u00A0", " ");
      const row = rows.get(id);
      if (row) t.match(row, new RegExp(`^${say(`state.${STATES[word]}`)} ${lasted}`), what);
    }
    const failing = new Set<number>();
    for (const { id } of (await api.get("/incidents?status=open&limit=100")).json().items) {
      const { members } = (await api.get(`/incidents/${id}`)).json();
      for (const member of members) if (member.status === "failing") failing.add(member.id);
    }
    t.same(
      [...failing].sort((one, other) => one - other),
      bad,
      `in incidents at ${moment}`,
    );
    const flapping = items[27];
    const times = Math.min(6, Math.floor((moment - 12) / 6) + 1);
    t.equal(flapping.flaps, times >= 3 ? times : null, `flaps at ${moment}`);
  }
});
