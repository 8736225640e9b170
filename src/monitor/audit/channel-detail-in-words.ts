import type { AuditDetailPart, AuditDetailValues, RecordedValue } from "../audit-log/detail.ts";
import { failureInWords } from "../channels/words/channel-in-words.ts";
import { clockOf, statesInWords } from "../channels/words/rule-in-words.ts";
import type { PosServerState } from "../fleet/state.ts";
import type { ChannelFailure } from "../notifications/channels/channel.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { NOTHING, valueInWords } from "./value-in-words.ts";

const MINUTE_MS = 60_000;

type Words = Pick<Viewer, "t" | "format">;

/** The values of a phrase about who is told of what; null = they are shown as they are. */
export function channelValuesInWords(
  viewer: Words,
  { key, values }: AuditDetailPart,
): Record<string, unknown> | null {
  const { t, format } = viewer;
  const lasting = (minutes: number | null) =>
    minutes === null ? NOTHING : format.duration(minutes * MINUTE_MS);
  switch (key) {
    case "channelKind":
      return { kind: t(`channels.kind.${values.kind}`) };
    case "channelChange":
      return { field: t(`channels.field.${values.field}`), ...channelChangeInWords(viewer, values) };
    case "channelSecretReplaced":
      return { secret: t(`channels.field.${values.secret}`) };
    case "channelFailure":
      return { failure: failureInWords(viewer, values.code as ChannelFailure, values.detail) };
    case "ruleTags":
      return { tags: values.tags ?? NOTHING };
    case "ruleStates":
      return { states: statesInWords(t, values.states.split(", ") as PosServerState[]) };
    case "ruleAfter":
      return {
        duration:
          values.minutes === 0
            ? t("rule.says.atOnce")
            : t("rule.says.after", { duration: lasting(values.minutes) }),
      };
    case "ruleCommonAtOnce":
      return { isAtOnce: valueInWords(viewer, values.isAtOnce) };
    case "ruleQuietHours": {
      const { from, to } = values;
      return {
        hours: from === null || to === null ? NOTHING : Object.values(clockOf({ from, to })).join("–"),
      };
    }
    case "ruleRepeat":
      return { duration: lasting(values.minutes) };
    case "ruleEscalation": {
      const duration = lasting(values.minutes);
      return {
        duration: values.minutes === null ? NOTHING : t("rule.says.after", { duration }),
        name: values.name ?? NOTHING,
      };
    }
    default:
      return null;
  }
}

function channelChangeInWords(viewer: Words, { field, before, after }: AuditDetailValues["channelChange"]) {
  const { t } = viewer;
  const inWords = (value: RecordedValue) => {
    if (field === "security" && value !== null) return t(`channels.security.${value}`);
    return field === "language" && value !== null ? t(`languageName.${value}`) : valueInWords(viewer, value);
  };
  return { before: inWords(before), after: inWords(after) };
}
