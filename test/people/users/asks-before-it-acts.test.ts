import t from "tap";
import { hrefOf, textOf } from "../../helpers/page.ts";
import { signedIn, startFor } from "../../helpers/sign-in.ts";

t.test("blocking and the administrator's rights are asked about, with what follows from them", async (t) => {
  const { monitor, user: admin } = await startFor(t, { name: "Анна", isAdministrator: true });
  const user = await signedIn(monitor, { name: "Борис", organizations: "all" });
  const path = `/users/${user.userId}`;
  const page = await admin.get(path);
  for (const change of ["blocking", "administration"]) {
    t.equal(hrefOf(page.body, new RegExp(change)), `${path}/${change}/new`);
    t.notMatch(page.body, `action="${path}/${change}"`, "one click does nothing yet");
  }

  const block = await admin.get(`${path}/blocking/new`);
  t.match(textOf(block.body), /Заблокировать пользователя: Борис\?.*Открытые сеансы \(1\) сразу завершатся/);
  t.match(block.body, /name="blocked" value="yes"/);
  await admin.post(`${path}/blocking`, { blocked: "yes" });
  t.equal((await admin.get(`${path}/blocking/new`)).headers.location, path);
  t.match(await admin.html(path), `action="${path}/blocking"`, "the way back is one click");

  const grant = await admin.get(`${path}/administration/new`);
  t.match(textOf(grant.body), /Назначить системным администратором: Борис\?.*увидит все организации/);
  await admin.post(`${path}/administration`, { administrator: "yes" });
  t.match(
    await admin.text(`${path}/administration/new`),
    /Снять права системного администратора: Борис\?.*Назначить его снова можно/,
  );
  const own = await admin.get(`/users/${admin.userId}/administration/new`);
  t.match(textOf(own.body), /Это ваша учётная запись/);
});
