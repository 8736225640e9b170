import { readFileSync } from "node:fs";
import t from "tap";
import { QUIET, TINTS, TONES } from "../../src/monitor/excel/styles.ts";
import { SHOWN_STATES, STATE_COLOURS } from "../../src/monitor/filter/state-colours.ts";

const css = (name: string) => readFileSync(new URL(`../../public/css/${name}.css`, import.meta.url), "utf8");

const lightColours = new Map(
  [...css("tokens").matchAll(/--([\w-]+): light-dark\(#([0-9a-f]{6}),/g)].map(([, name, colour]) => [
    name,
    colour,
  ]),
);

t.test("the colours of a sheet are those of the page's light scheme", async (t) => {
  for (const [tone, colour] of Object.entries(TONES)) t.equal(colour, lightColours.get(tone), tone);
  for (const [tint, colour] of Object.entries(TINTS)) t.equal(colour, lightColours.get(`${tint}-tint`), tint);
  t.equal(QUIET.fill, lightColours.get("sunken"));
  t.equal(QUIET.line, lightColours.get("border"));
});

t.test("every state has the colours that it has on the page", async (t) => {
  const rules = new Map<string, { tone?: string; tint?: string }>();
  for (const [, selectors = "", body = ""] of css("states").matchAll(/^(\[data-state[^{]*)\{([^}]*)\}/gm)) {
    const [, tone] = /--state: var\(--(\w+)\)/.exec(body) ?? [];
    const [, tint] = /--tint: var\(--(\w+)-tint\)/.exec(body) ?? [];
    for (const [, state = ""] of selectors.matchAll(/"(\w+)"\](?=\s*[,{]|\s*$)/g))
      if (tone) rules.set(state, { tone, ...(tint && { tint }) });
  }
  t.same(
    SHOWN_STATES.map((state) => [state, STATE_COLOURS[state]]),
    SHOWN_STATES.map((state) => [state, rules.get(state)]),
  );
});
