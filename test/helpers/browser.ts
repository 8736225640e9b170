import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Test } from "tap";
import { findBrowser } from "./browser-binary.ts";

const SCREENSHOT_DIRECTORY = join(import.meta.dirname, "../../screenshots");
/** Chromium must call nobody but the server under test. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const DESKTOP = { viewport: { width: 1440, height: 1000 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** A headless Chromium that closes with the test. */
export async function launchBrowser(t: Test): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error("No Chromium: run the tests through npm test, which installs it");
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  t.teardown(() => browser.close());
  return browser;
}

/** A page in a context of its own. Errors on it fail the test. */
export async function openPage(t: Test, browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ timezoneId: "Europe/Moscow", ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => t.fail(`an error on the page: ${error.message}`));
  return page;
}

/**
 * With SCREENSHOTS=1 keeps a picture of the page in `screenshots/`, which git ignores: for people to look at. No test
 * depends on it.
 */
export async function takeScreenshot(
  page: Page,
  name: string,
  { fullPage = true }: { fullPage?: boolean } = {},
): Promise<void> {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(SCREENSHOT_DIRECTORY, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOT_DIRECTORY, `${name}.png`), fullPage });
}
