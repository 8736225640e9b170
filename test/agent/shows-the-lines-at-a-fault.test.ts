import { appendFile, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import iconv from "iconv-lite";
import t, { type Test } from "tap";
import { Compile } from "typebox/compile";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { LogExcerpt, type LogExcerptOrder, MAX_EXCERPT_BYTES } from "../../src/protocol/log-lines.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import {
  callAgent,
  type ListeningAgent,
  makeAgentFolder,
  sendToAgent,
  startTestAgent,
} from "../helpers/agent.ts";
import { failedLine, minutesAgo, otherLine, stamp, succeededLine } from "../helpers/log-folder.ts";

const isExcerpt = Compile(LogExcerpt);
const iso = (minutes: number) => new Date(minutesAgo(minutes)).toISOString();
const line = (minutes: number, text: string, level = "INFO ") =>
  `${stamp(minutesAgo(minutes))} ${level} [12] — ${text}\n`;

async function startWith(t: Test, logs: Record<string, string | Buffer>, settings = {}) {
  const folder = await makeAgentFolder(t, { utcOffsetMinutes: 0, ...settings });
  for (const [name, content] of Object.entries(logs)) {
    await mkdir(dirname(join(folder.logs, name)), { recursive: true });
    await writeFile(join(folder.logs, name), content);
  }
  const agent = await startTestAgent(t, folder);
  const path = (name: string) => join(folder.logs, name);
  return {
    agent,
    folder,
    path,
    excerpt: (order: Partial<LogExcerptOrder>) => ask(agent, order),
    error: async () => ((await callAgent(agent, "/v1/status")).body as StatusReport).sync?.error,
  };
}

async function ask(agent: ListeningAgent, order: Partial<LogExcerptOrder>): Promise<LogExcerpt> {
  const whole = { at: null, text: "", before: 10, after: 20, maxBytes: MAX_EXCERPT_BYTES, ...order };
  const { status, body } = await post(agent, whole);
  if (status !== 200 || !isExcerpt.Check(body)) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

const post = (agent: ListeningAgent, order: object, authorization?: null) =>
  sendToAgent(agent, "/v1/log-excerpts", order, authorization === null ? { authorization } : {});
const texts = ({ entries }: LogExcerpt) => entries.map(({ text, isMatch }) => (isMatch ? `> ${text}` : text));

t.test("an error as it was reported is shown with what stands around it", async (t) => {
  const others = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, index) => line(from - index, `step ${from - index}`)).join("");
  const failure = failedLine(minutesAgo(20), "нет связи").replace(
    "\n",
    "\nSystem.Net.WebException: refused\n   at Resto.Sync.Run()\n",
  );
  const text = others(40, 21) + failure + others(19, 1);
  const { excerpt, error } = await startWith(t, { "pos.log": text });
  const message = "нет связи: System.Net.WebException: refused";
  t.match(await error(), { at: iso(20), message });
  const shown = await excerpt({ at: iso(20), text: message, before: 2, after: 3 });
  t.equal(shown.file, "pos.log");
  t.same(texts(shown), [
    "step 22",
    "step 21",
    "> Обмен с главным сервером: ошибка: нет связи\nSystem.Net.WebException: refused\n   at Resto.Sync.Run()",
    "step 19",
    "step 18",
    "step 17",
  ]);
  t.match(shown.entries[2], { at: iso(20), level: "ERROR" });
  t.match(await excerpt({ at: null, text: message }), { entries: { length: 10 + 1 + 19 } });
  t.same(texts(await excerpt({ at: iso(20), text: "changed since", before: 0, after: 0 })).length, 1);
  t.same(await excerpt({ at: iso(60), text: "нет связи" }), { file: null, entries: [] });
  t.same(await excerpt({ at: null, text: "нет" }), { file: null, entries: [] });
});

t.test("also an exchange that succeeded, and any entry; who may ask, and what is refused", async (t) => {
  const { excerpt, agent, folder } = await startWith(t, {
    "pos.log": `${otherLine(minutesAgo(9))}${succeededLine(minutesAgo(8))}${line(7, "Карта не найдена")}`,
  });
  t.same(texts(await excerpt({ at: iso(8), before: 1, after: 0 })), [
    "Касса 2: гость найден",
    "> Обмен с главным сервером: успешно завершён",
  ]);
  t.match(await excerpt({ at: iso(9) }), { file: null });
  t.same(texts(await excerpt({ at: iso(7), text: "Карта не", before: 0 })), ["> Карта не найдена"]);

  const order = { at: null, text: "", before: 1, after: 1, maxBytes: 2_000 };
  t.match(await post(agent, order, null), { status: 401 }, "only who has the token is told");
  t.match(await post(agent, { ...order, maxBytes: 1e6 }), { status: 400 });
  t.match(await post(agent, { ...order, at: "today" }), { status: 400 });
  t.match(await post(agent, order), { status: 200, headers: { "cache-control": "no-store" } });
  await rm(folder.logs, { recursive: true });
  t.match(await post(agent, order), { status: 500, body: { error: "logs_unreadable" } });
});

t.test("of several logs the one whose words they are is shown", async (t) => {
  const { excerpt, path } = await startWith(
    t,
    {
      "pos.log": line(3, "new") + line(2, "newer"),
      "pos.log.1": line(31, "old") + failedLine(minutesAgo(30), "нет связи") + line(29, "after"),
      "other/pos.log": failedLine(minutesAgo(30), "таймаут") + line(1, "newest"),
    },
    { logs: { files: ["**/pos.log*"] } },
  );
  const time = new Date(minutesAgo(25));
  await utimes(path("pos.log.1"), time, time);
  const said = await excerpt({ at: iso(30), text: "нет связи" });
  t.equal(said.file, "pos.log.1");
  t.same(texts(said), ["old", "> Обмен с главным сервером: ошибка: нет связи", "after"]);
  t.match(await excerpt({ at: iso(30), text: "таймаут" }), { file: "other/pos.log" });
  const earlier = await excerpt({ at: iso(30), text: "other words" });
  t.match(earlier, { file: "other/pos.log" }, "a failure of then");
});

t.test("guests, names and secrets are masked, the agent's own token too", async (t) => {
  const { excerpt, folder, path } = await startWith(t, {});
  const { token } = await loadIdentity(join(folder.root, "state"));
  await writeFile(
    path("pos.log"),
    line(9, "Гость Иванов Иван Петрович, +7 916 123-45-67, карта 7001793789892300") +
      line(8, `GET /status Authorization: Bearer ${token}`) +
      failedLine(
        minutesAgo(7),
        `вход по ${token} \u001b[31mне удался\u202e, Server=db;Password=q w;Timeout=3;`,
      ),
  );
  const shown = texts(await excerpt({ at: iso(7), text: "?" })).join("\n");
  t.match(shown, /\+7 916 •••-••-67, карта •••• 2300\n/);
  t.match(shown, "Authorization: Bearer •••\n");
  t.match(shown, "вход по ••• ␛[31mне удался⟨U+202E⟩, Server=db;Password=•••;Timeout=3;");
  for (const secret of ["Иванов", "123-45", token]) t.notOk(shown.includes(secret), secret);
});

t.test("an excerpt has its size, of which the match comes first, and half a number nowhere", async (t) => {
  const long = (text: string) => `${text} ${"ж".repeat(3_000)}`;
  const number = `${"ж".repeat(3_950)} 89161234567`;
  const { excerpt } = await startWith(t, {
    "pos.log": [
      ...[9, 8, 7].map((minutes) => line(minutes, long(`step ${minutes}`))),
      failedLine(minutesAgo(6), number),
      ...[5, 4, 3].map((minutes) => line(minutes, `step ${minutes}`)),
    ].join(""),
  });
  const order = { at: iso(6), text: "x" };
  const whole = await excerpt(order);
  t.equal(whole.entries.length, 5, "the match, those below, one above");
  t.ok(Buffer.byteLength(JSON.stringify(whole)) <= MAX_EXCERPT_BYTES);
  const match = whole.entries.find(({ isMatch }) => isMatch);
  t.ok((match?.text.length ?? 0) <= 4_000);
  t.notMatch(match?.text, "891");
  const small = await excerpt({ ...order, maxBytes: 1_024 });
  t.same(small.entries.length, 1);
  t.ok(Buffer.byteLength(JSON.stringify(small)) <= 1_024);
});

t.test("logs of any kind are read: other encodings, without times, with a line of 100 MB", async (t) => {
  const failure = failedLine(minutesAgo(5), "нет связи");
  const around = line(6, "до") + failure + line(4, "после");
  for (const encoding of ["win1251", "utf16le"]) {
    const bytes = iconv.encode(around, encoding, { addBOM: true });
    const { excerpt } = await startWith(t, { "pos.log": bytes });
    t.same(texts(await excerpt({ at: iso(5), text: "нет связи" })).length, 3, encoding);
  }
  const untimed = await startWith(t, {
    "pos.log": "начало\nОбмен с главным сервером: ошибка: нет связи\nконец\n",
  });
  t.same(texts(await untimed.excerpt({ text: "нет связи" })), [
    "начало",
    "> Обмен с главным сервером: ошибка: нет связи",
    "конец",
  ]);
  const huge = await startWith(t, { "pos.log": around });
  await appendFile(huge.path("pos.log"), line(3, "x".repeat(30 * 1024 * 1024)));
  const shown = await huge.excerpt({ at: iso(5), text: "нет связи" });
  const areLong = shown.entries.map(({ text }) => text.length > 3_000);
  t.same(areLong, [false, false, false, true]);
});
