/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

const PACKAGES = new URL("../../node_modules/", import.meta.url);
const CYRILLIC = "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116";

interface FontFile {
  path: string;
  weight: string;
  unicodeRange?: string;
}

/** Fonts as wide as those that people have, which come with `npm ci`, since a machine may have but one of them. */
const FONTS = {
  "DejaVu Sans": ["400", "700"].map((weight) => ({
    path: `@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff2`,
    weight,
  })),
  "Noto Sans": variableFont("noto-sans"),
  /** Nearly that of Windows. */
  "Open Sans": variableFont("open-sans"),
  /** As wide as Arial and Liberation Sans. */
  Arimo: variableFont("arimo"),
};
export type FontName = keyof typeof FONTS;
export const FONT_NAMES = Object.keys(FONTS) as FontName[];

function variableFont(name: string): FontFile[] {
  const file = (subset: string) => `@fontsource-variable/${name}/files/${name}-${subset}-wght-normal.woff2`;
  return [
    { path: file("latin"), weight: "400 700" },
    { path: file("cyrillic"), weight: "400 700", unicodeRange: CYRILLIC },
  ];
}

/** Writes all that is on the page in a font, until the page is left. */
export async function writeIn(page: Page, name: FontName): Promise<void> {
  const files = FONTS[name].map(({ path, ...descriptors }) => ({
    descriptors,
    base64: readFileSync(new URL(path, PACKAGES)).toString("base64"),
  }));
  await page.evaluate(
    async ({ family, files }) => {
      for (const { base64, descriptors } of files) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        document.fonts.add(await new FontFace(family, bytes, descriptors).load());
      }
      document.documentElement.style.fontFamily = `"${family}"`;
    },
    { family: `Test ${name}`, files },
  );
}

/** Texts in cells of tables that are seen beyond the room of their cell. */
export async function textsBeyondCells(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const cells = [...document.querySelectorAll("td, th")];
    return cells.filter((cell) => cell.checkVisibility()).flatMap(beyond);

    function beyond(cell: Element): string[] {
      const room = cell.getBoundingClientRect();
      const { paddingLeft, paddingRight } = getComputedStyle(cell);
      const from = room.left + parseFloat(paddingLeft) - 1;
      const to = room.right - parseFloat(paddingRight) + 1;
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      const found = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const { left, right, bottom } = seen(node, cell);
        if (right > left && (left < from || right > to || bottom > room.bottom + 1))
          found.push(`${cell.className}: ${node.textContent?.trim()}`);
      }
      return found;
    }

    /** Where a text is seen: what hides whatever overflows it cuts it. */
    function seen(node: Node, cell: Element) {
      const range = document.createRange();
      range.selectNode(node);
      let { left, right, bottom } = range.getBoundingClientRect();
      for (let box = node.parentElement; box && box !== cell; box = box.parentElement) {
        const { visibility, overflow } = getComputedStyle(box);
        if (visibility === "hidden") right = left;
        if (overflow === "visible") continue;
        const edges = box.getBoundingClientRect();
        left = Math.max(left, edges.left);
        right = Math.min(right, edges.right);
        bottom = Math.min(bottom, edges.bottom);
      }
      return { left, right, bottom };
    }
  });
}
