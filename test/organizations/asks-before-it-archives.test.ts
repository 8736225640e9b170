import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { hrefOf, textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";

t.test("an organization is archived only after its question is answered", async (t) => {
  const monitor = await startMonitor(t);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const id = await monitor.addOrganization("ООО «Вкусный дом»");
  await monitor.addPosServer({ organizationId: id });
  const path = `/organizations/${id}`;
  const archived = async () =>
    (await monitor.app.database.db.selectFrom("organization").select("archivedAt").executeTakeFirst())
      ?.archivedAt;

  const page = await admin.get(path);
  const url = hrefOf(page.body, /archiving/);
  t.equal(url, `${path}/archiving/new`);
  t.notMatch(page.body, `action="${path}/archiving"`, "one click does nothing yet");
  const question = await admin.get(url);
  t.match(
    textOf(question.body),
    /Убрать организацию в архив: ООО «Вкусный дом»\?.*1 POS-сервер перестанет опрашиваться.*Вернуть организацию из архива можно/,
  );
  t.match(question.body, `href="${path}" data-dialog-close`);
  t.equal(await archived(), null);

  const [, name = "", value = ""] = /name="(archived)" value="(1)"/.exec(question.body) ?? [];
  const answer = await admin.post(`${path}/archiving`, { [name]: value });
  t.same([answer.statusCode, answer.headers.location], [303, path]);
  t.ok(await archived());
  t.equal((await admin.get(url)).headers.location, path, "what is archived is not asked about");
  await admin.post(`${path}/archiving`);
  t.equal(await archived(), null, "the way back is one click");
});
