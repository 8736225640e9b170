import { Type } from "typebox";
import { fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text, Texts, Tick } from "../forms/fields.ts";
import {
  type LogRequestValues,
  MAX_MEGABYTES,
  readLogRequest,
  readPreset,
} from "../log-archives/log-request-form.ts";
import { beginParkingForm, MAX_REASON_LENGTH, readParkingForm } from "../restaurants/parking-form.ts";
import { findTagProblem, readTagNames, TAG_LIMITS, type Tag } from "../restaurants/tags.ts";
import { usualUntil } from "../restaurants/until-choices.ts";
import { codeInWords } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ChosenPosServer } from "./choose.ts";
import { type BatchKind, type BatchParams, readKind, STARTS_WITHOUT_NUMBER } from "./kinds.ts";

/** `all`: all that the list of this address finds; `cause`: all that have it. `isFilled`: its own form was sent. */
const BatchForm = Type.Object({
  kind: Text,
  id: Texts,
  all: Tick,
  cause: Text,
  list: Text,
  isFilled: Tick,
  number: Text,
  tag: Texts,
  more: Text,
});

export function readBatchForm(body: unknown, query: unknown) {
  const { kind, id, cause, ...sent } = readForm(BatchForm, { ...Object(body), ...Object(query) });
  const ids = [...new Set(id.map(readId))].filter((one) => one !== null);
  return { ...sent, kind: readKind(kind), ids, cause: cause || null };
}

export type SentBatch = ReturnType<typeof readBatchForm>;

/** What the kind needs, or what is wrong with what was typed; `params` null = its form has to be shown. */
interface ReadParams {
  params: BatchParams[BatchKind] | null;
  typed: Record<string, string>;
  problems: Record<string, string | undefined>;
}

export function readParams(
  kind: BatchKind,
  sent: SentBatch,
  body: unknown,
  { timeZone }: Pick<Viewer, "timeZone">,
  now: number,
): ReadParams {
  const plain = { typed: { number: sent.number, more: sent.more }, problems: {} };
  switch (kind) {
    case "take":
      return { ...plain, params: { endsAt: usualUntil(now, timeZone) } };
    case "poll":
      return { ...plain, params: {} };
    case "start":
      return { ...plain, params: sent.isFilled ? {} : null };
    case "logs": {
      if (!sent.isFilled) return { params: null, typed: readPreset({}, timeZone, now).values, problems: {} };
      const { wanted, values, problems } = readLogRequest(body, timeZone, now);
      return { params: wanted, typed: values, problems: problems ?? {} };
    }
    case "park": {
      if (!sent.isFilled)
        return { params: null, typed: beginParkingForm(null, timeZone).values, problems: {} };
      const { values, problems, reason, endsAt } = readParkingForm(body, timeZone, now);
      const isRight = Object.keys(problems).length === 0;
      return { params: isRight ? { reason, endsAt } : null, typed: values, problems };
    }
    case "tag": {
      if (!sent.isFilled) return { ...plain, params: null };
      const tags = readTagNames(...sent.tag, sent.more);
      const problem = findTagProblem(tags);
      const key = problem ? `tags.problem.${problem.code}` : tags.length === 0 ? "form.required" : null;
      return { ...plain, params: key ? null : { tags }, problems: key ? { more: key } : {} };
    }
  }
}

/** A start for many asks for their number. @returns the key of what is wrong with it; null = nothing. */
export function findNumberProblem(kind: BatchKind, sent: SentBatch, begun: number): string | null {
  if (kind !== "start" || begun <= STARTS_WITHOUT_NUMBER) return null;
  if (sent.number.trim() === "") return "form.required";
  return sent.number.trim() === String(begun) ? null : "batch.problem.number";
}

interface NewBatchInput extends Omit<ReadParams, "params"> {
  viewer: Viewer;
  kind: BatchKind;
  sent: SentBatch;
  chosen: readonly ChosenPosServer[];
  tags: readonly Tag[];
  /** Why nothing can be done; a key of the catalogs. */
  refusal: string | null;
}

export function newBatchModel({ viewer, kind, sent, chosen, tags, typed, problems, refusal }: NewBatchInput) {
  const { t, format } = viewer;
  const begun = chosen.filter(({ leftOut }) => leftOut === null).length;
  const canBeSent = refusal === null && begun > 0;
  const limits = {
    maxLength: kind === "tag" ? TAG_LIMITS.length : MAX_REASON_LENGTH,
    maximum: format.number(MAX_MEGABYTES),
    maxTags: TAG_LIMITS.perPosServer,
    tag: "",
  };
  const field = fieldsOf(t, { typed, problems, limits });
  return {
    title: t(`batch.title.${kind}`, { count: begun }),
    kind,
    ids: sent.all || sent.cause !== null ? [] : sent.ids,
    all: sent.all,
    cause: sent.cause,
    list: sent.list,
    what: canBeSent ? t(`batch.what.${kind}`) : null,
    leftOut: leftOutInWords(viewer, chosen),
    known: kind === "tag" ? tags.map(({ name }) => ({ name, isChosen: sent.tag.includes(name) })) : [],
    fields: fieldsOfKind(),
    refusal:
      refusal ??
      (begun === 0
        ? t(`batch.problem.${chosen.length === 0 && !sent.all ? "nothingChosen" : "nobody"}`)
        : null),
    submit: canBeSent ? codeInWords(t, kind, "batch.submit", "batch.kind") : null,
    canBeSent,
  };

  function fieldsOfKind() {
    switch (kind) {
      case "logs":
        return (["from", "to", "maxMegabytes"] as const satisfies (keyof LogRequestValues)[]).map((name) =>
          field(name, {
            label: t(`logRequest.field.${name}`),
            type: name === "maxMegabytes" ? "text" : "datetime-local",
            inputMode: name === "maxMegabytes" ? "numeric" : null,
          }),
        );
      case "park":
        return [
          field("reason", { label: t("parking.reason"), hint: t("parking.reasonHint"), isFocused: true }),
          field("until", { label: t("parking.until"), type: "datetime-local", hint: t("parking.untilHint") }),
        ];
      case "tag":
        return [
          field("more", { label: t("tags.more"), hint: t("tags.moreHint"), isFocused: tags.length === 0 }),
        ];
      default:
        if (begun <= STARTS_WITHOUT_NUMBER) return [];
        return [
          field("number", {
            label: t("batch.number", { number: begun }),
            inputMode: "numeric",
            isRequired: true,
            isFocused: true,
          }),
        ];
    }
  }
}

/** «Не будет у 2: нет связи — 1, опрос приостановлен — 1»; null where nobody is left out. */
export function leftOutInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  chosen: readonly Pick<ChosenPosServer, "leftOut">[],
): string | null {
  const reasons = Map.groupBy(
    chosen.filter(({ leftOut }) => leftOut !== null),
    ({ leftOut }) => leftOut,
  );
  if (reasons.size === 0) return null;
  const parts = [...reasons].map(([why, all]) => `${t(`batch.why.${why}`)} — ${format.number(all.length)}`);
  const count = [...reasons.values()].reduce((sum, all) => sum + all.length, 0);
  return t("batch.leftOut", { count, reasons: parts.join(", ") });
}
