import type { IsPushService } from "../../src/monitor/notifications/channels/push/kind.ts";
import type { TestBrowser } from "./page.ts";
import { type SubscribedBrowser, subscribeBrowser } from "./push-service.ts";

export const PUSH_URL = "/channels/push-subscriptions";
/** What a real browser sends. */
export const CHROME_ON_WINDOWS =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/** The service of a test, which no setting of the program lets in. */
export const isTestService: IsPushService = ({ hostname }) => hostname === "127.0.0.1";

export function formOf({ target, secrets }: SubscribedBrowser): Record<string, string> {
  return { ...target, ...secrets };
}

export async function subscribe(
  user: TestBrowser,
  browser: SubscribedBrowser | string,
  userAgent = CHROME_ON_WINDOWS,
) {
  const subscribed = typeof browser === "string" ? subscribeBrowser(browser) : browser;
  return await user.post(PUSH_URL, formOf(subscribed), {
    "user-agent": userAgent,
    "hx-request": "true",
    "hx-request-type": "partial",
  });
}
