import { MINUTE_MS } from "../../../protocol/time-units.ts";
import { exampleInWords } from "../../fleet/cause-in-words.ts";
import type { CommonCause } from "../../pos-servers/common-causes.ts";
import { namePartsOf } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { TILES, type Wall } from "./find-wall.ts";
import type { Recovery } from "./recoveries.ts";

/** The longest problems first, then recoveries, as far as there is room. */
export function tilesModel(viewer: Viewer, wall: Wall, now: number) {
  const { problems } = wall.summary;
  const items = [
    ...wall.causes.map((cause) => causeItem(viewer, cause, now)),
    ...wall.troubles.map(troubleItem),
  ].sort((one, other) => one.since - other.since);
  const isWhole = countIn(items.slice(0, TILES)) >= problems;
  const shown = items.slice(0, isWhole ? TILES : TILES - 1);
  const free = isWhole ? TILES - shown.length : 0;
  return {
    tiles: [
      ...shown.map(({ tile }) => tile),
      ...wall.recoveries.slice(0, free).map((recovery) => recoveryTile(viewer, recovery, now)),
    ],
    more: isWhole ? null : viewer.t("wall.more", { count: problems - countIn(shown) }),
  };
}

function countIn(items: readonly { posServers: number }[]): number {
  return items.reduce((sum, { posServers }) => sum + posServers, 0);
}

function causeItem(viewer: Viewer, cause: CommonCause, now: number) {
  const { t, format } = viewer;
  const { since, posServers, example } = cause;
  const { state } = example;
  const tile = {
    state,
    label: t(`state.${state}`),
    recovered: null,
    name: { start: t("incident.concerned", { count: posServers }), end: "" },
    lasted: format.lasted(since, now),
    acknowledgement: null,
    reason: exampleInWords(viewer, example).text,
  };
  return { since, posServers, tile };
}

function troubleItem({ since, row }: Wall["troubles"][number]) {
  const { state, label, nameParts: name, lasted, acknowledgement } = row;
  const reason = row.reason?.text ?? "";
  const tile = {
    state,
    label,
    recovered: null,
    acknowledgement,
    name,
    lasted,
    reason: reason === label ? "" : reason,
  };
  return { since, posServers: 1, tile };
}

function recoveryTile({ t, format }: Viewer, { name, recoveredAt, troubleMs }: Recovery, now: number) {
  const isJustNow = now - recoveredAt < MINUTE_MS;
  const ago = { pattern: t("wall.recovered"), justNow: t("wall.recoveredJustNow") };
  const { text, at } = format.lasted(recoveredAt, now);
  const lastedInWords = (ms: number) =>
    ms < MINUTE_MS ? t("wall.lastedBriefly") : t("wall.lasted", { duration: format.span(0, ms) });
  return {
    state: "synced",
    name: namePartsOf(name),
    label: "",
    lasted: null,
    acknowledgement: null,
    recovered: {
      ...ago,
      lasted: { text: isJustNow ? ago.justNow : ago.pattern.replace("{age}", text), at },
    },
    reason: troubleMs === null ? "" : lastedInWords(troubleMs),
  };
}
