/// <reference lib="dom" />
import type { Page } from "playwright-core";
import type { Test } from "tap";
import { violations } from "./axe.ts";
import { DESKTOP, PHONE, takeScreenshot } from "./browser.ts";

/** What fades in has no contrast yet. */
export const STILL = { reducedMotion: "reduce" } as const;
export const STILL_SCREENS = { desktop: { ...DESKTOP, ...STILL }, phone: { ...PHONE, ...STILL } };

/** Everybody can use what stands on the page: it fits the width, and axe finds nothing. */
export async function lookAt(t: Test, page: Page, what: string): Promise<void> {
  // Its text may be there before its style sheet.
  await page.waitForLoadState();
  await takeScreenshot(page, what);
  const width = await page.evaluate(() => document.documentElement.clientWidth);
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${what} fits the width`);
  t.same(await violations(page), [], what);
}
