/// <reference lib="dom" />
import type { Page } from "playwright-core";
import type { Test } from "tap";
import { violations } from "./axe.ts";
import { DESKTOP, PHONE, takeScreenshot } from "./browser.ts";
import { UNMADE } from "./page.ts";

/** Pages that are looked at: what fades in has no contrast yet, and axe comes from elsewhere. */
export const LOOKED_AT = { ...DESKTOP, reducedMotion: "reduce", bypassCSP: true } as const;

/** On either side of where the style sheets draw something else. */
const WIDTHS = [320, 390, 760, 900, 1000, 1440];
/** English is shorter: the narrowest of what the style sheets draw tells of all that is drawn the same. */
export const WIDTHS_OF_ENGLISH = [320, 390, 760, 1000];
/** Below it some words have to be divided. */
const NARROWEST_FOR_WORDS = 390;

/**
 * Everybody can use what stands on the page: it is made of words, no width makes it scroll sideways, and axe finds nothing
 * on a dark phone, nor in what a light desktop looks like.
 */
export async function lookAt(t: Test, page: Page, what: string): Promise<void> {
  await fits(t, page, what);
  for (const [colorScheme, { viewport }] of Object.entries({ dark: PHONE, light: DESKTOP })) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: colorScheme as "dark" | "light" });
    const isSecond = viewport !== PHONE.viewport;
    t.same(await violations(page, isSecond), [], `${what}, ${viewport.width} px, ${colorScheme}`);
    if (!isSecond) t.same(await tooSmall(page), [], `${what} is for a thumb`);
    await takeScreenshot(page, `${what.replaceAll("/", "-")}-${viewport.width}-${colorScheme}`);
  }
}

/** It is made of words, and no width breaks them or makes it scroll sideways. */
export async function fits(t: Test, page: Page, what: string, widths = WIDTHS): Promise<void> {
  // Its text may be there before its style sheet.
  await page.waitForLoadState();
  t.same(await unmade(page), null, `${what} is made of words`);
  const tooWide: number[] = [];
  const broken: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: DESKTOP.viewport.height });
    if ((await page.evaluate(() => document.documentElement.scrollWidth)) !== width) tooWide.push(width);
    if (width >= NARROWEST_FOR_WORDS)
      broken.push(...(await brokenWords(page)).map((word) => `${width} px: ${word}`));
  }
  t.same(tooWide, [], `${what} scrolls sideways at no width`);
  t.same(broken, [], `${what} breaks no word`);
}

/** What no template should have written. To fetch all of the page, only to look for it here, takes as long as to load it. */
async function unmade(page: Page): Promise<string[] | null> {
  return await page.evaluate((pattern) => document.documentElement.outerHTML.match(pattern), UNMADE);
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

/** Words of ordinary length that stand on two lines, but those of a log. */
async function brokenWords(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const broken: string[] = [];
    const range = document.createRange();
    const lines = () => new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
    const texts = document.createTreeWalker(document.querySelector("main") as Node, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      range.selectNodeContents(node);
      if (lines() < 2 || node.parentElement?.closest(".log-line")) continue;
      for (const word of (node.textContent ?? "").matchAll(
        /(?<![\p{L}\p{N}])[\p{L}\p{N}]{2,16}(?![\p{L}\p{N}])/gu,
      )) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (lines() > 1) broken.push(word[0]);
      }
    }
    return broken;
  });
}
