import { fieldsOf } from "../../forms/field-model.ts";
import type { FormField } from "../../notifications/channels/form.ts";
import { LANGUAGES } from "../../viewer/language.ts";
import { listTimeZones } from "../../viewer/time-zones.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { type ChannelForm, type FormOf, kindFormOf } from "./channel-form.ts";

/** A control of a form: the partial that shows it, and what it shows; or two that stand side by side. */
type Control =
  | { partial: "field" | "select" | "text-area"; field: object }
  | { partial: "pair"; pair: Control[] };

export interface AskedForm {
  of: FormOf;
  form: ChannelForm;
  /** The channels of all by which an own one can be told. */
  vias: readonly { id: number; name: string }[];
  /** The secrets that are stored, which may be left out. */
  known: readonly string[];
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
  const { fields = [], rareSummary = null, defaults = {} } = kindFormOf(of) ?? {};
  const rare = fields.filter(({ isRare }) => isRare);
  const main = controlsOf(fields.filter(({ isRare }) => !isRare));
  const isChanged = (one: FormField) => problems[one.name] || typed[one.name] !== (defaults[one.name] ?? "");
  return {
    kind,
    scope: isOwn ? "own" : "shared",
    untried: kind === "max" ? t("channels.untried.max") : null,
    hasProblems: Object.keys(problems).length > 0,
    controls: [
      { partial: "field" as const, field: name },
      ...main,
      ...(isNameOptional ? [viaControl()] : []),
    ],
    more:
      rareSummary === null
        ? null
        : {
            summary: t(`channels.more.${rareSummary}`),
            isOpen: rare.some((one) => one.control !== "secret" && isChanged(one)),
            controls: controlsOf(rare),
          },
    words: [languages(), timeZones()],
  };

  function controlsOf(shown: readonly FormField[]): Control[] {
    const controls: Control[] = [];
    for (const one of shown) {
      const control = controlOf(one);
      const before = one.isBeside ? controls.pop() : undefined;
      controls.push(before ? { partial: "pair", pair: [before, control] } : control);
    }
    return controls;
  }

  function controlOf({
    name,
    label = name,
    control = "text",
    isRequired,
    inputMode,
    hint,
    options,
  }: FormField): Control {
    const isSecret = control === "secret";
    const shownHint = isSecret && known.includes(name) ? "keptSecret" : hint;
    const shown = field(name, {
      label: t(`channels.field.${label}`),
      ...(isSecret && { type: "password", autocomplete: "new-password" }),
      ...(control === "email" && { type: "email", autocomplete: "email" }),
      ...(isRequired && { isRequired }),
      ...(inputMode && { inputMode }),
      hint: shownHint ? t(`channels.hint.${shownHint}`) : null,
    });
    if (control === "text-area") return { partial: "text-area", field: shown };
    if (control !== "select") return { partial: "field", field: shown };
    const choices = (options ?? []).map((value) => ({
      ...{ value, text: t(`channels.${name}Option.${value}`) },
      isChosen: value === typed[name],
    }));
    return { partial: "select", field: { ...shown, options: choices } };
  }

  /** By which channel of all one's own mail is sent. */
  function viaControl(): Control {
    const options = vias.map(({ id, name }, index) => ({
      ...{ value: String(id), text: name },
      isChosen: typed.via ? typed.via === String(id) : index === 0,
    }));
    const shown = field("via", { label: t("channels.field.via"), hint: t("channels.hint.via") });
    return { partial: "select", field: { ...shown, options } };
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
