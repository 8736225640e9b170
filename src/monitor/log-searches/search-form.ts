import { type StaticDecode, Type } from "typebox";
import { MAX_SEARCH_LENGTH, MAX_SEARCHED_DAYS, MAX_SEARCHED_MS } from "../../protocol/log-lines.ts";
import { mask } from "../../protocol/mask/mask.ts";
import { DAY_MS, HOUR_MS } from "../../protocol/time-units.ts";
import { organizationChoices } from "../filter/filter-options.ts";
import { type Choice, fieldsOf } from "../forms/field-model.ts";
import { readForm, Text } from "../forms/fields.ts";
import { readPeriod } from "../log-archives/log-request-form.ts";
import { writeLocalTime } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type FoundSearch, type Places, readPlace } from "./searches.ts";
import { LEAST_LENGTH, longestPart, readSoughtText, suggestTexts } from "./sought-text.ts";

export const LAST_MS: Record<string, number> = { hour: HOUR_MS, day: DAY_MS, threeDays: 3 * DAY_MS };
/** `own`: as the fields say. */
const SPANS = ["hour", "day", "threeDays", "own"];
const MAX_ERROR_LENGTH = 2_000;

/** `text` is in an address, `sought` in the form; `words`: empty = a text to take apart, `whole` = all of it, `typed` = as it is. */
const SearchForm = Type.Object({
  text: Text,
  sought: Text,
  words: Text,
  span: Text,
  from: Text,
  to: Text,
  place: Text,
  posServer: Text,
  stop: Text,
});
type Sent = StaticDecode<typeof SearchForm>;

export function readSent(sent: unknown): Sent {
  const { span, ...read } = readForm(SearchForm, sent);
  return { ...read, span: SPANS.includes(span) ? span : "day" };
}

/** The form as it opens. @param error what is searched for unless a text was given. */
export function openForm(sent: Sent, error: string | null, timeZone: string, now: number) {
  const given = (sent.text || (sent.words === "" && error) || "").slice(0, MAX_ERROR_LENGTH);
  const isTyped = sent.words === "typed";
  const { text, whole } = isTyped ? { text: readSoughtText(given), whole: null } : suggestTexts(given);
  const isWhole = sent.words === "whole" && whole !== null;
  const from = sent.from || writeLocalTime(now - DAY_MS, timeZone);
  const to = sent.to || writeLocalTime(now, timeZone);
  return {
    values: { ...sent, from, to, sought: isWhole ? whole : text },
    /** The suggestion that is not in the field. */
    other: whole && { words: isWhole ? "" : "whole", text: isWhole ? text : whole, given },
  };
}

/** @returns what is wanted, or what is wrong with the fields. */
export function readSearch(sent: Sent, places: Places, timeZone: string, now: number) {
  const { span, place } = sent;
  const text = readSoughtText(sent.sought);
  const own = span === "own" ? readPeriod(sent, timeZone, now) : null;
  const { fromAt, toAt } = own?.period ?? { fromAt: now - (LAST_MS[span] ?? 0), toAt: now };
  const at = readPlace(place);
  const known = at !== null && places[at.kind].some(({ id }) => id === at.id);
  const problems: Record<string, string> = {
    ...(longestPart(text).length < LEAST_LENGTH && { sought: "logSearch.problem.short" }),
    ...(mask(text) !== text && { sought: "logSearch.problem.hidden" }),
    ...(text.length > MAX_SEARCH_LENGTH && { sought: "logSearch.problem.long" }),
    ...own?.problems,
    ...(toAt - fromAt > MAX_SEARCHED_MS && { from: "logSearch.problem.days" }),
    ...(place !== "" && !known && { place: "logSearch.problem.place" }),
  };
  const isRight = Object.keys(problems).length === 0;
  return {
    values: { ...sent, sought: text },
    problems,
    wanted: isRight ? { text, fromAt, toAt, place } : null,
  };
}

interface FormInput {
  viewer: Viewer;
  posServer: { id: number; name: string } | null;
  places: Places;
  earlier: readonly FoundSearch[];
  now: number;
  values: Record<string, string>;
  problems?: Record<string, string>;
  other?: ReturnType<typeof openForm>["other"];
  /** What is still searched for. */
  running?: FoundSearch | null;
  isTooSoon?: boolean;
}

export function formModel(input: FormInput) {
  const { viewer, posServer, places, earlier, now, values, problems = {}, other, running } = input;
  const { t, format } = viewer;
  const limits = { least: LEAST_LENGTH, most: MAX_SEARCH_LENGTH, days: MAX_SEARCHED_DAYS };
  const field = fieldsOf(t, { typed: values, problems, limits });
  const select = (name: string, choices: Choice[]) =>
    field(name, { label: t(`logSearch.field.${name}`), choices });
  const own = posServer && { posServer: String(posServer.id) };
  const soon = input.isTooSoon ? t("logSearch.problem.soon") : null;
  return {
    title: t("logSearch.title"),
    subtitle: t("logSearch.subtitle"),
    posServerId: posServer?.id ?? null,
    text: field("sought", {
      label: t("logSearch.field.sought"),
      hint: t("logSearch.hint"),
      isFocused: true,
    }),
    other: other && {
      url: `/log-searches/new?${new URLSearchParams({ text: other.given, words: other.words, ...own })}`,
      label: t(other.words === "whole" ? "logSearch.whole" : "logSearch.phrase"),
      text: other.text,
    },
    span: select(
      "span",
      SPANS.map((value) => [value, t(`logSearch.span.${value}`)]),
    ),
    place: {
      ...select("place", [
        ["", t("logSearch.place.all")],
        ...organizationChoices(t, places.organization).map(
          ([id, name]): Choice => [`organization-${id}`, name],
        ),
        ...places.tag.map((one): Choice => [`tag-${one.id}`, t("logSearch.place.tag", one)]),
      ]),
      find: {
        label: t("posServers.filter.findOrganization"),
        nothing: t("form.nothingFound"),
        more: t("form.more"),
      },
    },
    own: ["from", "to"].map((name) =>
      field(name, { label: t(`logRequest.field.${name}`), type: "datetime-local" }),
    ),
    refusal: running ? t("logSearch.running", { text: running.text }) : soon,
    isToStop: Boolean(running),
    submit: t(running ? "logSearch.stopAndSubmit" : "logSearch.submit"),
    earlier: earlier.map(({ id, text, requestedAt }) => ({
      url: `/log-searches/${id}`,
      text: t("quoted", { text }),
      time: format.clock(requestedAt, now),
    })),
  };
}
