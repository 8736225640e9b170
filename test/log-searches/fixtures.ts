import type { Test } from "tap";
import { startMonitor, type TestMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { signedIn, type TestBrowser } from "../helpers/page.ts";
import { type AnswerSearch, startSearchableServer } from "../helpers/searchable-server.ts";

/** A monitor with POS servers that search as they are told, and somebody with the right for them. */
export async function startSearchScene(t: Test, answers: AnswerSearch[], options: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, options);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const servers = await Promise.all(answers.map((answer) => startSearchableServer(t, answer)));
  const ids: number[] = [];
  for (const [index, { address }] of servers.entries()) {
    ids.push(await monitor.addPosServer({ organizationId, name: `Арбат, ${index + 1}`, address }));
    await monitor.report(ids.at(-1) ?? 0);
  }
  const user = await signedIn(monitor, { name: "Анна", organizations: [organizationId] });
  return { monitor, organizationId, servers, ids, user };
}

/** `POST /log-searches` for the last day. @returns where it leads. */
export async function search(user: TestBrowser, text: string, more: Record<string, string> = {}) {
  const { statusCode, headers, body } = await user.post("/log-searches", {
    sought: text,
    span: "day",
    ...more,
  });
  return { statusCode, url: String(headers.location), body };
}

/** All that can be asked now has answered. */
export async function asked({ app }: TestMonitor): Promise<void> {
  await app.logSearchWork.tick();
  await app.logSearchWork.idle();
}
