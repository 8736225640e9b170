import { fieldsOf } from "../../forms/field-model.ts";
import { isMessenger } from "../../notifications/channels/channel.ts";
import { LANGUAGES } from "../../viewer/language.ts";
import { listTimeZones } from "../../viewer/time-zones.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { botControls } from "./bot-controls.ts";
import { type AskedControls, type Control, type Controls, secretControl } from "./controls.ts";
import { emailControls, ownEmailControls } from "./email-controls.ts";
import type { ChannelForm, FormOf, KnownSecrets } from "./form.ts";

export interface AskedForm {
  of: FormOf;
  form: ChannelForm;
  /** The channels of all by which an own one can be told. */
  vias: readonly { id: number; name: string }[];
  /** Of one that is changed; null = it is new, or has none. */
  known: KnownSecrets | null;
}

/** What the form of a channel shows. */
export function channelFormModel(viewer: Viewer, { of, form, vias, known }: AskedForm, now: number) {
  const { t } = viewer;
  const { typed, problems, limits } = form;
  const field = fieldsOf(t, { typed, problems, limits });
  const { kind, isOwn } = of;
  const isNameOptional = kind === "email" && isOwn;
  const name = field("name", {
    label: t("channels.field.name"),
    isRequired: !isNameOptional,
    isFocused: true,
    hint: t(isNameOptional ? "channels.hint.ownName" : `channels.hint.name.${kind}`),
  });
  return {
    kind,
    scope: isOwn ? "own" : "shared",
    untried: kind === "max" ? t("channels.untried.max") : null,
    hasProblems: Object.keys(problems).length > 0,
    controls: [{ partial: "field" as const, field: name }],
    ...kindControls(),
    words: [languages(), timeZones()],
  };

  function kindControls(): Controls {
    const asked = { t, field, typed, problems, known };
    if (kind === "webhook") return webhookControls(asked);
    if (kind === "push" || (isMessenger(kind) && isOwn)) return { main: [], more: null };
    if (isMessenger(kind)) return botControls(kind, asked);
    return isOwn ? ownEmailControls(asked, vias) : emailControls(asked);
  }

  function languages(): Control {
    const options = LANGUAGES.map((value) => ({
      ...{ value, text: t(`languageName.${value}`) },
      isChosen: value === (typed.language || viewer.language),
    }));
    return {
      partial: "select",
      field: { ...field("language", { label: t("channels.field.language") }), options },
    };
  }

  function timeZones(): Control {
    const options = listTimeZones(viewer.language, now).map(({ id, label }) => ({
      ...{ value: id, text: label },
      isChosen: id === (typed.timeZone || viewer.timeZone),
    }));
    const find = {
      label: t("account.findTimeZone"),
      nothing: t("account.noTimeZone"),
      more: t("picker.more"),
    };
    return {
      partial: "select",
      field: { ...field("timeZone", { label: t("channels.field.timeZone") }), options, find },
    };
  }
}

/** The controls of a webhook. */
function webhookControls(asked: AskedControls): Controls {
  const { t, field, known } = asked;
  return {
    main: [
      {
        partial: "field",
        field: field("url", {
          ...{ label: t("channels.field.url"), isRequired: true, inputMode: "url" },
          hint: t("channels.hint.url"),
        }),
      },
      secretControl(asked, "secret", t("channels.hint.secret"), known !== null),
    ],
    more: null,
  };
}
