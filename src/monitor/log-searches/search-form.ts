import { type StaticDecode, Type } from "typebox";
import { MAX_SEARCH_LENGTH, MAX_SEARCHED_DAYS } from "../../protocol/log-lines.ts";
import type { listOrganizations } from "../fleet/summary.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { readForm, Text } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import type { Tag } from "../restaurants/tags.ts";
import { readLocalTime, writeLocalTime } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type FoundSearch, readPlace, type WantedSearch } from "./searches.ts";
import { LEAST_LENGTH, longestPart, readSoughtText, suggestTexts } from "./sought-text.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PERIODS = { hour: HOUR_MS, day: DAY_MS, threeDays: 3 * DAY_MS, own: null } as const;
type Period = keyof typeof PERIODS;
const LAST_MOMENT_MS = 60_000 - 1;
/** Of an error to take apart. */
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
type Problems = Partial<Record<"sought" | "from" | "to" | "place", string>>;

interface Choices {
  organizations: Awaited<ReturnType<typeof listOrganizations>>;
  tags: readonly Tag[];
}

export function readSent(sent: unknown) {
  const read = readForm(SearchForm, sent);
  return { ...read, posServerId: readId(read.posServer), isToStop: read.stop === "1" };
}

/** The form as it opens. @param error what is searched for unless a text was given. */
export function openForm(sent: Sent, error: string | null, timeZone: string, now: number) {
  const given = (sent.text || (sent.words === "" && error) || "").slice(0, MAX_ERROR_LENGTH);
  const { text, whole } =
    sent.words === "typed" ? { text: readSoughtText(given), whole: null } : suggestTexts(given);
  const isWhole = sent.words === "whole" && whole !== null;
  const period = readPeriod(sent.span);
  const own =
    period === "own"
      ? { from: sent.from, to: sent.to }
      : { from: writeLocalTime(now - DAY_MS, timeZone), to: writeLocalTime(now, timeZone) };
  const values = { ...own, sought: isWhole ? whole : text, span: period, place: sent.place };
  const other =
    whole === null ? null : { words: isWhole ? "" : "whole", text: isWhole ? text : whole, given };
  return { values, other };
}

/** A period that reaches into the future ends now. @returns what is wanted, or what is wrong with the fields. */
export function readSearch(
  { sought, span, from, to, place }: Sent,
  { organizations, tags }: Choices,
  timeZone: string,
  now: number,
): { values: Record<string, string>; problems: Problems; wanted: Omit<WantedSearch, "posServerId"> | null } {
  const text = readSoughtText(sought);
  const period = readPeriod(span);
  const lastMs = PERIODS[period];
  const fromAt = lastMs === null ? readLocalTime(from, timeZone, "first") : now - lastMs;
  const lastMinute = lastMs === null ? readLocalTime(to, timeZone, "last") : now;
  const toAt =
    lastMinute === null ? null : Math.min(lastMinute + (lastMs === null ? LAST_MOMENT_MS : 0), now);
  const at = readPlace(place);
  const known = at?.kind === "tag" ? tags : organizations;
  const isTooLong = fromAt !== null && toAt !== null && toAt - fromAt > MAX_SEARCHED_DAYS * DAY_MS;
  const problems: Problems = {
    ...(longestPart(text).length < LEAST_LENGTH && { sought: "logSearch.problem.short" }),
    ...(text.length > MAX_SEARCH_LENGTH && { sought: "logSearch.problem.long" }),
    ...(fromAt === null && { from: "logRequest.problem.time" }),
    ...(toAt === null && { to: "logRequest.problem.time" }),
    ...(isTooLong && { from: "logSearch.problem.days" }),
    ...(fromAt !== null &&
      toAt !== null &&
      fromAt >= toAt && {
        from: fromAt >= now ? "logRequest.problem.future" : "logRequest.problem.order",
      }),
    ...(place !== "" && !known.some(({ id }) => id === at?.id) && { place: "logSearch.problem.place" }),
  };
  const values = { sought: text, span: period, from, to, place };
  const isRight = fromAt !== null && toAt !== null && Object.keys(problems).length === 0;
  return { values, problems, wanted: isRight ? { text, fromAt, toAt, place } : null };
}

function readPeriod(text: string): Period {
  return Object.hasOwn(PERIODS, text) ? (text as Period) : "day";
}

interface FormInput extends Choices {
  viewer: Viewer;
  posServer: { id: number; name: string } | null;
  values: Record<string, string>;
  problems?: Problems;
  /** The suggestion that is not in the field. */
  other?: ReturnType<typeof openForm>["other"];
  /** What is still searched for. */
  running?: FoundSearch | null;
  isTooSoon?: boolean;
  earlier: readonly FoundSearch[];
  now: number;
}

export function formModel(input: FormInput) {
  const { viewer, posServer, values, problems = {}, other = null, running = null, earlier, now } = input;
  const { t, format } = viewer;
  const limits = { least: LEAST_LENGTH, most: MAX_SEARCH_LENGTH, days: MAX_SEARCHED_DAYS };
  const field = fieldsOf(t, { typed: values, problems, limits });
  const select = (name: string, label: string, options: { value: string; text: string }[]) => ({
    ...field(name, { label }),
    options: options.map((option) => ({ ...option, isChosen: option.value === values[name] })),
    find: null as Record<string, string> | null,
  });
  const query = (words: string, text: string) =>
    `/log-searches/new?${new URLSearchParams({ text, words, ...(posServer && { posServer: String(posServer.id) }) })}`;
  const place = select("place", t("logSearch.field.place"), [
    { value: "", text: t("logSearch.place.all") },
    ...input.organizations.map(({ id, name, crmId }) => ({
      value: `organization-${id}`,
      text: t("posServers.filter.organizationOption", { name, crmId }),
    })),
    ...input.tags.map(({ id, name }) => ({ value: `tag-${id}`, text: t("logSearch.place.tag", { name }) })),
  ]);
  const refusal = running
    ? t("logSearch.running", { text: running.text })
    : input.isTooSoon
      ? t("logSearch.problem.soon")
      : null;
  return {
    title: t("logSearch.title"),
    subtitle: t("logSearch.subtitle"),
    posServerId: posServer?.id ?? null,
    backUrl: posServer ? `/pos-servers/${posServer.id}` : "/pos-servers",
    text: {
      ...field("sought", { label: t("logSearch.field.text"), hint: t("logSearch.hint"), isFocused: true }),
      rows: 2,
    },
    other: other && {
      url: query(other.words, other.given),
      label: t(other.words === "whole" ? "logSearch.whole" : "logSearch.phrase"),
      text: other.text,
    },
    period: select(
      "span",
      t("logSearch.field.period"),
      Object.keys(PERIODS).map((value) => ({ value, text: t(`logSearch.period.${value}`) })),
    ),
    own: (["from", "to"] as const).map((name) =>
      field(name, { label: t(`logRequest.field.${name}`), type: "datetime-local" }),
    ),
    place: {
      ...place,
      find: {
        label: t("posServers.filter.findOrganization"),
        nothing: t("posServers.filter.noOrganizationFound"),
        more: t("picker.more"),
      },
    },
    refusal,
    isToStop: running !== null,
    submit: t(running ? "logSearch.stopAndSubmit" : "logSearch.submit"),
    earlier: earlier.map(({ id, text, requestedAt }) => ({
      url: `/log-searches/${id}`,
      text: t("quoted", { text }),
      time: format.clock(requestedAt, now),
    })),
  };
}
