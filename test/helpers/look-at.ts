/// <reference lib="dom" />
import type { Page } from "playwright-core";
import type { Test } from "tap";
import { violations } from "./axe.ts";
import { DESKTOP, PHONE, takeScreenshot } from "./browser.ts";
import { UNMADE } from "./page.ts";

/** Pages that are looked at: what fades in has no contrast yet, and axe comes from elsewhere. */
export const LOOKED_AT = { ...DESKTOP, reducedMotion: "reduce", bypassCSP: true } as const;

/** The whole matrix is for `npm run test:pages`: each width on either side of where the style sheets draw something else. */
export const IS_WHOLE_MATRIX = process.env.WHOLE_MATRIX === "1";
const WIDTHS = IS_WHOLE_MATRIX ? [320, 390, 760, 768, 900, 1000, 1440, 1920] : [320, 768, 1440];
/** Below it some words have to be divided. */
const NARROWEST_FOR_WORDS = 390;

/** It fits, and axe finds nothing on a dark phone, nor in what a light desktop looks like. */
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

/** It is made of words, and at no width is one broken or anything outside the screen or its cell. */
export async function fits(t: Test, page: Page, what: string): Promise<void> {
  // Its text may be there before its style sheet.
  await page.waitForLoadState();
  t.same(await unmade(page), null, `${what} is made of words`);
  const wrong: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: DESKTOP.viewport.height });
    const broken = width >= NARROWEST_FOR_WORDS ? await brokenWords(page) : [];
    wrong.push(...[...(await outOfPlace(page)), ...broken].map((one) => `${width} px: ${one}`));
  }
  t.same(wrong, [], `${what} fits at each width`);
}

/** What reaches beyond the screen, and controls that reach beyond their cell. */
async function outOfPlace(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const screen = { left: 0, right: document.documentElement.clientWidth };
    const isWithin = (inner: DOMRect, { left, right }: { left: number; right: number }) =>
      inner.left >= left - 1 && inner.right <= right + 1;
    const isControl = (element: Element) => element.matches("a, button, input, select, textarea");
    /** By an element that scrolls sideways within the screen or a cell; texts may also be cut off, controls may not. */
    function isHeld(element: Element, within: Element): boolean {
      const holding = isControl(element) ? ["auto", "scroll"] : ["auto", "scroll", "hidden", "clip"];
      for (let at = element.parentElement; at && at !== within; at = at.parentElement)
        if (holding.includes(getComputedStyle(at).overflowX)) return true;
      return false;
    }
    /** Of a table, or where that is drawn as cards, the card. */
    function cellOf(control: Element): Element | null {
      const cell = control.closest("td, th");
      return cell && getComputedStyle(cell).display === "table-cell" ? cell : (cell?.closest("tr") ?? null);
    }
    const outside = [...document.body.querySelectorAll("*:not(.skip-link)")].filter((element) => {
      const box = element.getBoundingClientRect();
      const isSeen = element.checkVisibility({ visibilityProperty: true });
      if (!isSeen || box.width <= 1 || box.height <= 1) return false;
      const cell = isControl(element) ? cellOf(element) : null;
      const isInCell = !cell || isWithin(box, cell.getBoundingClientRect()) || isHeld(element, cell);
      return !isInCell || !(isWithin(box, screen) || isHeld(element, document.body));
    });
    return outside.slice(0, 3).map(({ outerHTML }) => outerHTML.slice(0, 120));
  });
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
