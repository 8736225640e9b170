/// <reference lib="dom" />
import type { Page } from "playwright-core";
import type { Test } from "tap";
import { violations } from "./axe.ts";
import { DESKTOP, PHONE, takeScreenshot } from "./browser.ts";
import { UNMADE } from "./page.ts";

/** Pages that are looked at: what fades in has no contrast yet, and axe comes from elsewhere. */
export const LOOKED_AT = { ...DESKTOP, reducedMotion: "reduce", bypassCSP: true } as const;

/** On either side of where the style sheets draw something else. */
const WIDTHS = [320, 390, 760, 1000, 1440];

/**
 * Everybody can use what stands on the page: it is made of words, no width makes it scroll sideways, and axe finds nothing,
 * neither on a light desktop nor on a dark phone.
 */
export async function lookAt(t: Test, page: Page, what: string): Promise<void> {
  await fits(t, page, what);
  for (const [colorScheme, { viewport }] of Object.entries({ dark: PHONE, light: DESKTOP })) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: colorScheme as "dark" | "light" });
    t.same(await violations(page), [], `${what}, ${viewport.width} px, ${colorScheme}`);
    if (viewport === PHONE.viewport) t.same(await tooSmall(page), [], `${what} is for a thumb`);
    await takeScreenshot(page, `${what.replaceAll("/", "-")}-${viewport.width}-${colorScheme}`);
  }
}

/** It is made of words, and no width makes it scroll sideways. */
export async function fits(t: Test, page: Page, what: string): Promise<void> {
  // Its text may be there before its style sheet.
  await page.waitForLoadState();
  t.same((await page.content()).match(UNMADE), null, `${what} is made of words`);
  const tooWide: number[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: DESKTOP.viewport.height });
    if ((await page.evaluate(() => document.documentElement.scrollWidth)) !== width) tooWide.push(width);
  }
  t.same(tooWide, [], `${what} scrolls sideways at no width`);
}

/** Controls that are too low for a thumb. */
async function tooSmall(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const links = "#page-notices a, .card-link, .card-actions a, .check";
    const fields = "select, textarea, input:not([type=checkbox], [type=radio], [type=hidden])";
    const controls = `main :is(.button, ${links}, ${fields})`;
    return [...document.querySelectorAll(controls)]
      .filter((control) => control.checkVisibility() && control.getBoundingClientRect().height < 44)
      .map(({ outerHTML }) => outerHTML.slice(0, 120));
  });
}
