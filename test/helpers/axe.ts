/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Axe from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What depends on colours and sizes alone. */
const LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"];

/** What axe finds wrong with a page, opened with `bypassCSP`. @param isLookOnly asks for what it looks like alone. */
export async function violations(page: Page, isLookOnly = false): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  return await page.evaluate(
    async (rules) => {
      const { axe } = globalThis as unknown as { axe: typeof Axe };
      const result = await axe.run({ resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
      return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    },
    isLookOnly ? LOOKS : null,
  );
}
