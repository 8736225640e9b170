import t from "tap";
import { startMonitor } from "../../helpers/app.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { openBrowser } from "../../helpers/page.ts";
import { startPoswatch } from "../../helpers/program.ts";

t.test("the machine's owner makes administrators and resets passwords while the server runs", async (t) => {
  const monitor = await startMonitor(t);
  monitor.clock.set(Date.now());
  const run = async (args: string[], input?: string) => {
    const env = { DATA_DIR: monitor.dataDir };
    const program = startPoswatch(t, ["user", ...args], { env, ...(input && { input }) });
    return { code: await program.ended, output: program.output() };
  };
  const invited = await run(["create-administrator", "Owner", "Анна", "Иванова"]);
  t.equal(invited.code, 0);
  const link = /\/invitations\/[\w-]{43}/.exec(invited.output)?.[0] ?? "";
  const browser = openBrowser(monitor.app);
  t.match(await browser.html(link), /Анна Иванова/);

  t.match(await run(["create-administrator", "owner", "Другая"]), { code: 1, output: /already/ });
  t.match(await run(["reset-password", "owner", "--password-stdin"], "short\n"), { code: 1 });
  const password = "a pass phrase from stdin";
  t.match(await run(["reset-password", "owner", "--password-stdin"], `${password}\n`), { code: 0 });
  t.equal((await browser.get(link)).statusCode, 404, "the link has gone with the old password");
  const answer = await browser.post("/login", { login: "owner", password });
  t.equal(answer.statusCode, 303);
  t.equal((await browser.get("/users")).statusCode, 200);
  t.match((await run(["list"])).output, "owner\tАнна Иванова\tactive\tadministrator");
  t.match(await run(["destroy"]), { code: 1, output: /(?:npm run|poswatch) user/ });
  const events = (await recordedEvents(monitor.db)).filter(({ address }) => address === "cli");
  t.match(events, [
    { action: "user_create", detail: [{ key: "newAdministrator", values: { name: "Анна Иванова" } }] },
    { action: "user_invite" },
    { action: "password_change" },
  ]);
  t.equal(events.length, 3);
});
