import { MINUTE_MS } from "../../../protocol/time-units.ts";
import { acknowledgementSign, untilInWords } from "../../acknowledgements/acknowledgement-sign.ts";
import type { ListedPosServer } from "../../filter/list-pos-servers.ts";
import { exampleInWords } from "../../fleet/cause-in-words.ts";
import type { CommonCause } from "../../pos-servers/common-causes.ts";
import { problemReason } from "../../pos-servers/reason-model.ts";
import type { Acknowledgement } from "../../restaurants/acknowledgements.ts";
import { namePartsOf } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { TILES, type Wall } from "./find-wall.ts";
import type { Recovery } from "./recoveries.ts";

/** The longest problems first, then recoveries, as far as there is room. */
export function tilesModel(viewer: Viewer, wall: Wall, now: number) {
  const { problems } = wall.summary;
  const items = [
    ...wall.causes.map((cause) => causeItem(viewer, cause, now)),
    ...wall.troubles.map((posServer) => troubleItem(viewer, wall, posServer, now)),
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

function troubleItem(viewer: Viewer, { acknowledgements }: Wall, posServer: ListedPosServer, now: number) {
  const { id, state, name, stateSince: since } = posServer;
  const label = viewer.t(`state.${state}`);
  const reason = problemReason(viewer, posServer, now)?.text ?? "";
  const acknowledgement = acknowledgements.get(id);
  const tile = {
    state,
    label,
    recovered: null,
    acknowledgement: acknowledgement ? acknowledgementBriefly(viewer, acknowledgement, now) : null,
    name: namePartsOf(name, 0),
    lasted: viewer.format.lasted(since, now),
    reason: reason === label ? "" : reason,
  };
  return { since, posServers: 1, tile };
}

/** Without the comment, which is for colleagues only. */
function acknowledgementBriefly(viewer: Viewer, acknowledgement: Acknowledgement, now: number) {
  const { initial, name } = acknowledgementSign(viewer, acknowledgement, now);
  return {
    initial,
    name,
    text: viewer.t("acknowledgement.inRow", { time: untilInWords(viewer, acknowledgement, now) }),
  };
}

function recoveryTile({ t, format }: Viewer, { name, recoveredAt, troubleMs }: Recovery, now: number) {
  const isJustNow = now - recoveredAt < MINUTE_MS;
  const ago = { pattern: t("wall.recovered"), justNow: t("wall.recoveredJustNow") };
  const { text, at } = format.lasted(recoveredAt, now);
  const lastedInWords = (ms: number) =>
    ms < MINUTE_MS ? t("wall.lastedBriefly") : t("wall.lasted", { duration: format.span(0, ms) });
  return {
    state: "synced",
    name: namePartsOf(name, 0),
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
