import { rmSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { AGENT_PACKAGE_PATH } from "../../src/protocol/agent-package.ts";
import { FACTS, offerPackage, ZIP } from "../helpers/agent-package.ts";
import { startMonitor } from "../helpers/app.ts";
import { textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";

async function start(t: Test) {
  const monitor = await startMonitor(t);
  const folder = join(monitor.dataDir, "agent-packages");
  const put = (facts: unknown, zip = ZIP) => offerPackage(monitor, { facts, zip });
  const get = (method: "GET" | "HEAD" = "GET", known = "") =>
    monitor.app.inject({
      method,
      url: AGENT_PACKAGE_PATH,
      headers: known ? { "if-none-match": known } : {},
    });
  const browser = await signedIn(monitor, { isAdministrator: true });
  const page = async () => textOf((await browser.get("/enrolments")).body);
  return { folder, put, get, page };
}

t.test("where there is no package it is said how to get one", async (t) => {
  const { folder, get, page } = await start(t);
  t.match(await get(), { statusCode: 404 });
  const text = await page();
  t.match(text, "Пакета пока нет");
  t.match(text, `npm run build:agent -- --to ${folder}`);
});

t.test("whoever asks gets the package that was put there, and is told its hash", async (t) => {
  const { put, get, page } = await start(t);
  put(FACTS);
  const answer = await get();
  t.equal(answer.statusCode, 200);
  t.ok(answer.rawPayload.equals(ZIP));
  t.match(answer.headers, {
    "content-type": "application/zip",
    "content-length": ZIP.length,
    etag: `"${FACTS.sha256}"`,
  });
  const head = await get("HEAD");
  t.match(head, { statusCode: 200, body: "", headers: { "content-length": String(ZIP.length) } });
  const text = await page();
  t.match(text, "Скачать пакет версия 0.2.0, 23 байта");
  t.match(text, FACTS.sha256);
});

t.test("whoever has the package is not sent it again", async (t) => {
  const { put, get } = await start(t);
  put(FACTS);
  const etag = `"${FACTS.sha256}"`;
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    t.match(await get("GET", known), { statusCode: 304, body: "", headers: { etag } }, known);
  }
  t.match(await get("GET", '"other"'), { statusCode: 200 });
});

t.test("what is not what the file beside it tells is not given out", async (t) => {
  const { folder, put, get, page } = await start(t);
  const other = Buffer.from("PK, as if it were a ZIP");
  const isRefused = async (what: string) => {
    t.match(await get(), { statusCode: 404 }, what);
    t.match(await page(), "не совпадает со своим описанием", what);
  };
  put(FACTS, other);
  await isRefused("another file of the same size");
  put({ ...FACTS, size: 7 });
  await isRefused("another size");
  put("text");
  await isRefused("no facts");
  put(FACTS);
  t.match(await get(), { statusCode: 200 }, "put right, it is offered");
  rmSync(join(folder, "windows.json"));
  await isRefused("nothing beside it");
});
