/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import t from "tap";
import { addOneInEachState } from "../helpers/every-state.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

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
type FontName = keyof typeof FONTS;

function variableFont(name: string): FontFile[] {
  const file = (subset: string) => `@fontsource-variable/${name}/files/${name}-${subset}-wght-normal.woff2`;
  return [
    { path: file("latin"), weight: "400 700" },
    { path: file("cyrillic"), weight: "400 700", unicodeRange: CYRILLIC },
  ];
}

/** A list with every state, a common cause and names of 40 characters. */
async function openList(t: Parameters<typeof startLiveMonitor>[0]) {
  const monitor = await startLiveMonitor(t);
  const organizationId = await monitor.addOrganization(
    "ООО «Вкусный дом на набережной и компания»",
    "100237",
  );
  const ids = await addOneInEachState(monitor);
  for (let count = 1; count <= 6; count++) {
    const name = `Ленинградский проспект у вокзала, ${count} стр. 2`;
    const address = `https://pos-${count}.test:8443`;
    const id = await monitor.addPosServer({ organizationId, name, address });
    await monitor.fail(id, "connect_refused", "ECONNREFUSED");
  }
  const page = await monitor.visit(t, "/pos-servers");
  return { monitor, ids, page };
}

/** Rows that are narrower than the table. */
async function narrowRows(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const right = (element: Element) => Math.round(element.getBoundingClientRect().right);
    const table = document.querySelector(".pos-servers");
    return [...document.querySelectorAll(".pos-servers tr")]
      .filter((row) => table && Math.abs(right(row.lastElementChild ?? row) - right(table)) > 1)
      .map((row) => `row ${row.id}`);
  });
}

t.test("no text leaves its cell, and the filter is one row from 1200 px on, whatever the font", async (t) => {
  const { monitor, page } = await openList(t);
  for (const [language, fonts] of [
    ["ru", Object.keys(FONTS) as FontName[]],
    ["en", ["DejaVu Sans"]],
  ] as const) {
    await page.context().addCookies([{ name: "language", value: language, url: monitor.url }]);
    await page.goto(`${monitor.url}/pos-servers`);
    await page.click(".cause-toggle");
    await page.locator(".cause-group tr:not(.cause)").first().waitFor();
    for (const font of fonts) {
      await writeIn(page, font);
      for (const width of [1000, 1120, 1200, 1280, 1359, 1360, 1440, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        const height = await page.locator(".status-form").evaluate((form) => form.clientHeight);
        t.ok(width < 1200 || height < 40, `${width} px, ${font}, ${language}: ${height} px high`);
        const found = [...(await narrowRows(page)), ...(await textsBeyondCells(page))];
        t.same(found, [], `${width} px, ${font}, ${language}`);
      }
    }
  }
});

t.test("a refresh moves no column, whatever comes into the list", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: "https://pos-1.test:8443" });
  const page = await monitor.visit(t, "/pos-servers");
  await writeIn(page, "Noto Sans");
  const edges = async () => {
    const found = [];
    const heads = page.locator(".pos-servers th");
    for (const width of [1000, 1200, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      found.push(await heads.evaluateAll((all) => all.map((head) => head.getBoundingClientRect().left)));
    }
    return found;
  };
  const before = await edges();
  await addOneInEachState(monitor);
  await monitor.report(id, { error: "Ошибка обмена: очень длинное объяснение", version: "34.2.117.0" });
  await page.locator("#freshness").dispatchEvent("refresh");
  await page.locator(`#pos-server-${id}[data-state="sync_error"]`).waitFor();
  t.same(await edges(), before);
});

/** Parts of cards that stand on others, and organizations of which one reads less than a word. */
async function misfitsOfCards(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll(".pos-servers tr:not(.cause)")].flatMap((card) => {
      const parts = [
        ...card.querySelectorAll(".name, .state, .organization, .lasted time, .change, .others-button"),
      ]
        .filter((part) => part.checkVisibility())
        .map((part) => ({ name: part.className, box: part.getBoundingClientRect() }));
      const overlaps = parts.flatMap((one, index) =>
        parts.slice(index + 1).flatMap((other) => {
          const isApart =
            one.box.right <= other.box.left + 1 ||
            other.box.right <= one.box.left + 1 ||
            one.box.bottom <= other.box.top + 4 ||
            other.box.bottom <= one.box.top + 4;
          return isApart ? [] : [`${card.id}: ${one.name} on ${other.name}`];
        }),
      );
      const place = parts.find(({ name }) => name === "organization");
      return place && place.box.width < 60 ? [...overlaps, `${card.id}: organization`] : overlaps;
    }),
  );
}

t.test("on phones nothing in a card stands on something else", async (t) => {
  const { monitor, ids, page } = await openList(t);
  for (const id of [ids.unreachable, ids.serviceStopped]) await monitor.report(id);
  const stopped = { service: { name: "iikoCard5POS", state: "stopped", startedAt: null } } as const;
  for (const id of ids.synced) await monitor.report(id, stopped);
  await monitor.report(ids.outdated, stopped);
  await monitor.report(ids.outdated, { version: "34.0.12" });
  await monitor.report(ids.stale, { error: "boom" });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const view of ["?change=new", "?change=recovered", "?sort=name"]) {
    await page.goto(`${monitor.url}/pos-servers${view}`);
    t.ok((await page.locator(".pos-servers .change:visible").count()) >= 2);
    for (const font of ["DejaVu Sans", "Noto Sans"] as const) {
      await writeIn(page, font);
      for (const width of [320, 360, 390]) {
        await page.setViewportSize({ width, height: 800 });
        t.same(await misfitsOfCards(page), [], `${view}, ${font}, ${width} px`);
      }
    }
  }
});

t.test("the button of a reset takes two lines of a phone, and keeps the house number", async (t) => {
  const { monitor, page } = await openList(t);
  const name = "Ленинградский проспект у вокзала, 117";
  const id = await monitor.addPosServer({ name, address: "https://pos-117.test:8443" });
  await monitor.report(id);
  const button = page.getByRole("button", { name: `Сбросить базу «${name}»` });
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${monitor.url}/pos-servers/${id}/database-resets/new`);
    const { lines, isWhole } = await button.evaluate((element) => ({
      lines: Math.round((element.clientHeight - 8) / 20),
      isWhole: element.scrollWidth <= element.clientWidth,
    }));
    t.ok(lines <= 2 && isWhole, `${width} px: ${lines} lines`);
    t.equal(await button.locator(".name-end").textContent(), " 117»");
  }
});

/** Writes all that is on the page in a font, until the page is left. */
async function writeIn(page: Page, name: FontName): Promise<void> {
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
async function textsBeyondCells(page: Page): Promise<string[]> {
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
