/// <reference lib="dom" />
import t from "tap";
import { DESKTOP, PHONE, refreshUntil } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

type Box = { x: number; y: number; width: number; height: number };

t.test("a refresh of the page of a POS server leaves open what somebody opened", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
  const page = await monitor.visit(t, `/pos-servers/${id}`);
  await page.getByRole("button", { name: "Ошибка целиком" }).click();
  const whole = page.locator("#whole-error");
  await whole.waitFor();
  await monitor.report(id, { error: "Ошибка 17: подробности" });
  await refreshUntil(
    page,
    async () => (await page.locator("#state-card-title").textContent()) === "Ошибка 17: подробности",
  );
  t.ok(await whole.isVisible());
  t.match(await whole.textContent(), "Ошибка 17: подробности");
});

t.test("on a phone the first screen says what is the matter and what to do", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ name: "Проспект Большевиков и Мира, 12" });
  await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
  const page = await monitor.visit(t, `/pos-servers/${id}`, PHONE);
  const step = await page.locator(".state-card .button-primary").boundingBox();
  t.ok(step && step.y + step.height <= PHONE.viewport.height, "the blue button is in sight");
  t.ok(step && step.height >= 44);
});

t.test("who takes care stands below the checks on a phone, beside them on a desktop", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
  const order = [".checks", ".acknowledgement-card", ".pos-server-past", ".pos-server-aside"];
  for (const device of [PHONE, DESKTOP]) {
    const page = await monitor.visit(t, `/pos-servers/${id}`, device);
    const boxes = [];
    for (const part of order) {
      const box = await page.locator(part).first().boundingBox();
      if (!box) throw new Error(`no ${part}`);
      boxes.push(box);
    }
    const [checks, acknowledgement, past, aside] = boxes as [Box, Box, Box, Box];
    const isBelow = (one: Box, other: Box) => one.y >= other.y + other.height;
    t.ok(isBelow(past, checks) && isBelow(aside, acknowledgement));
    if (device === PHONE)
      t.ok(isBelow(acknowledgement, checks) && isBelow(past, acknowledgement) && isBelow(aside, past));
    else {
      const card = await page.locator(".state-card").boundingBox();
      t.ok(acknowledgement.x > checks.x + checks.width, "in the other column");
      t.equal(acknowledgement.y, card?.y, "at its top");
      const gap = aside.y - (acknowledgement.y + acknowledgement.height);
      t.ok(gap <= 20, "and what is below it does not wait for the checks");
    }
    const inOrder = page.locator(order.join(", "));
    const parts = await inOrder.evaluateAll((all) => all.map(({ className }) => className));
    t.match(parts[0], "checks");
    t.match(parts[1], "acknowledgement-card");
    t.match(parts.at(-1), "pos-server-aside");
  }
});
