import t, { type Test } from "tap";
import { MAX_FILE_BYTES } from "../../../src/monitor/organizations/import/import-file-error.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { signedIn, startAdministered, textOf } from "../../helpers/page.ts";
import { rowsOf } from "./fixtures.ts";

const HEADINGS = "Организация;CrmId;POS-сервер;Адрес;Токен";
const TOKEN = "a-token-of-the-import-file";
const BOUNDARY = "boundary-of-the-test";

/** A monitor, and the browser of an administrator that sends files, too. */
async function startUploads(t: Test) {
  const { monitor, admin, db } = await startAdministered(t);
  async function upload(fileName: string, content: Buffer | string, token?: string) {
    const part = `--${BOUNDARY}\r\nContent-Disposition: form-data; name=`;
    const field = `${part}"_csrf"\r\n\r\n${token ?? (await admin.token())}\r\n`;
    const file = `${part}"file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n`;
    const body = [`${field}${file}`, content, `\r\n--${BOUNDARY}--\r\n`].map((text) => Buffer.from(text));
    const type = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
    return await admin.send("/organizations/import", Buffer.concat(body), type);
  }
  return { monitor, db, browser: { ...admin, upload } };
}

t.test("a file is uploaded, looked at and applied; nothing is saved before", async (t) => {
  const { db, browser } = await startUploads(t);
  const lines = [
    `${HEADINGS};Прочее`,
    `Кафе;200100;Мира, 5;https://10.1.0.5:8443;${TOKEN}`,
    `;200100;Мира, 7;http://10.1.0.7;${TOKEN}`,
  ];
  const uploaded = await browser.upload("fleet.csv", lines.join("\n"));
  t.equal(uploaded.statusCode, 303);
  const preview = await browser.get(String(uploaded.headers.location));
  t.match(textOf(preview.body), /Ошибок нет.*Будет создана 1 организация/);
  t.match(textOf(preview.body), "Эти столбцы не читаются: «Прочее»");
  t.notMatch(preview.body, TOKEN);
  t.same(await db.selectFrom("posServer").selectAll().execute(), []);

  const applied = await browser.post(String(uploaded.headers.location));
  t.equal(applied.headers.location, "/organizations");
  const told = /Импорт выполнен\. Создана 1 организация, добавлены 2 POS-сервера\./;
  t.match(await browser.text("/organizations"), told);
  t.notMatch(await browser.text("/organizations"), told, "it is told once");
  t.equal((await db.selectFrom("posServer").selectAll().execute()).length, 2);
  t.equal((await browser.post(String(uploaded.headers.location))).statusCode, 404, "never twice");
  const detail = [{ key: "imported", values: { created: 2, changed: 0, organizations: 1 } }];
  t.match(await recordedEvents(db, "import"), [{ subject: "fleet.csv", result: "done", detail }]);
});

t.test("each row's problem is shown, and such a file cannot be applied", async (t) => {
  const { db, browser } = await startUploads(t);
  const row = "<script>alert(1)</script>;12x;Мира;ftp://x;";
  const { headers } = await browser.upload("fleet.csv", [HEADINGS, row].join("\n"));
  const preview = await browser.get(String(headers.location));
  t.match(textOf(preview.body), /1 строка с ошибкой.*CrmId состоит только из цифр.*Адрес начинается с http/);
  t.notMatch(preview.body, "<script>alert");
  t.notMatch(textOf(preview.body), /Импортировать/);
  t.equal((await browser.post(String(headers.location))).statusCode, 422);
  t.same(await db.selectFrom("organization").selectAll().execute(), []);
});

t.test("an import that came too late shows its new preview, which can be loaded again", async (t) => {
  const { monitor, browser } = await startUploads(t);
  const file = [HEADINGS, `Кафе;200100;Мира, 5;https://10.1.0.5:8443;${TOKEN}`].join("\n");
  const { headers } = await browser.upload("fleet.csv", file);
  const url = String(headers.location);
  const organizationId = await monitor.addOrganization("Кафе", "200100");
  await monitor.addPosServer({ organizationId, name: "Мира, 5", address: "https://10.1.0.6:8443" });
  const late = await browser.post(url);
  t.equal(late.statusCode, 422);
  t.match(textOf(late.body), /Ничего не сохранено: список POS-серверов тем временем изменился/);
  const addresses = () => monitor.db.selectFrom("posServer").select("address").execute();
  t.same(await addresses(), [{ address: "https://10.1.0.6:8443" }]);
  const again = await browser.get(url);
  t.equal(again.statusCode, 200);
  t.match(textOf(again.body), /Мира, 5.*Изменить адрес/);
  t.equal((await browser.post(url)).statusCode, 303);
  t.same(await addresses(), [{ address: "https://10.1.0.5:8443" }]);
});

t.test("a file that cannot be read, a forged upload and that of somebody else are refused", async (t) => {
  const { monitor, browser } = await startUploads(t);
  const cases: [string, Buffer | string, RegExp][] = [
    ["fleet.csv", "", /Файл не выбран или пуст/],
    ["fleet.csv", Buffer.alloc(3 * MAX_FILE_BYTES, "x"), /Файл слишком большой: не больше 5 МБ/],
    ["fleet.csv", "CrmId;Адрес\n1;2", /Не хватает столбцов: «POS-сервер»/],
    ["fleet.xlsx", "no workbook", /не книга Excel/],
  ];
  for (const [fileName, content, message] of cases) {
    const answer = await browser.upload(fileName, content);
    t.equal(answer.statusCode, 422, String(message));
    t.match(textOf(answer.body), message);
  }

  const file = [HEADINGS, `Кафе;1;Мира;https://10.1.0.5;${TOKEN}`].join("\n");
  t.equal((await browser.upload("fleet.csv", file, "forged")).statusCode, 403);
  const { headers } = await browser.upload("fleet.csv", file);
  const colleague = await signedIn(monitor, { isAdministrator: true });
  t.equal((await colleague.get(String(headers.location))).statusCode, 404);
  t.equal((await colleague.post(String(headers.location))).statusCode, 404);
});

t.test("the template is an .xlsx that the import reads, and its example is refused", async (t) => {
  const { browser } = await startUploads(t);
  const template = await browser.get("/organizations/import/template.xlsx");
  t.match(template.headers["content-type"], /spreadsheetml/);
  const { headers } = await browser.upload("Template.XLSX", template.rawPayload);
  const problem = /CrmId 0100237 Ресторан на Невском Ошибка По такому номеру не позвонить/;
  t.match(await browser.text(String(headers.location)), problem);
  await browser.post("/account/preferences", { language: "en", timeZone: "" });
  const { rawPayload } = await browser.get("/organizations/import/template.xlsx");
  t.match(await rowsOf(rawPayload, "template.xlsx"), [{ crmId: "0100237", name: "Nevsky restaurant" }]);
});
