import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import root, { type Test } from "tap";
import { findBrowser } from "./browser-binary.ts";
import { waitFor } from "./wait-for.ts";

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
  // One process for all pages, and none for graphics: each monitor would have another, and it costs as much as its test.
  "--renderer-process-limit=1",
  "--disable-site-isolation-trials",
  "--in-process-gpu",
];

/** Colours fade into those of the other scheme. */
const FINISH_ANIMATIONS = `for (const animation of document.getAnimations())
  if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();`;

/** A busy machine is slow; what never comes fails all the same. */
const PATIENCE_MS = 90_000;

export const DESKTOP = { viewport: { width: 1440, height: 1000 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let launched: Promise<Browser> | null = null;

/** A headless Chromium, the same for all tests of a file, that closes after the last of them. */
export async function launchBrowser(): Promise<Browser> {
  if (!launched) {
    const executablePath = findBrowser();
    if (!executablePath) throw new Error("No Chromium: run the tests through npm test, which installs it");
    launched = chromium.launch({ executablePath, args: ARGUMENTS });
    root.teardown(async () => await (await launched)?.close());
  }
  return await launched;
}

/** Pages that no test uses, by the options of their context that cannot be changed later. */
const idlePages = new Map<string, Page[]>();

/**
 * Opens an empty page without cookies for as long as the test lasts. Script errors and missing assets fail the test.
 * Later tests of the process get the same page again: a new context starts a process, which costs as much as nine loads.
 * Storage belongs to the origin of one monitor; only an installed clock stays.
 */
export async function openPage(t: Test, browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const { viewport, colorScheme = "light", reducedMotion = "no-preference", ...fixed } = options;
  const key = JSON.stringify(fixed);
  const idle = idlePages.get(key) ?? [];
  idlePages.set(key, idle);
  const page = idle.pop() ?? (await newPage(browser, fixed));
  if (viewport) await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme, reducedMotion });
  page.on("pageerror", (error) => t.fail(`an error on the page: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() === 404 && response.url().includes("/assets/"))
      t.fail(`the page lacks ${response.url()}`);
  });
  t.teardown(async () => {
    await leaveNothing(page);
    idle.push(page);
  });
  return page;
}

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ timezoneId: "Europe/Moscow", ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  return await context.newPage();
}

async function leaveNothing(page: Page): Promise<void> {
  for (const event of ["pageerror", "request", "response"] as const) page.removeAllListeners(event);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.goto("about:blank");
  await page.context().setOffline(false);
  await page.context().clearCookies();
}

export async function inEitherScheme(
  page: Page,
  look: (colorScheme: "light" | "dark") => Promise<void>,
): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(FINISH_ANIMATIONS);
    await look(colorScheme);
  }
}

/**
 * With SCREENSHOTS=1 keeps a picture of the page in `screenshots/`, which git ignores: for people to look at. No test
 * depends on it.
 */
export async function takeScreenshot(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(SCREENSHOT_DIRECTORY, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOT_DIRECTORY, `${name}.png`), fullPage });
}

/** Holds a script of a page back, as a slow network does. @returns what lets it come. */
export async function holdScript(page: Page, name: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(`**/js/${name}`, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

/** Has a page refresh itself until something is reached. */
export async function refreshUntil(
  page: Page,
  isReached: () => Promise<boolean>,
  options = {},
): Promise<void> {
  await waitFor(async () => {
    await page.locator("#freshness").dispatchEvent("refresh");
    return await isReached();
  }, options);
}
