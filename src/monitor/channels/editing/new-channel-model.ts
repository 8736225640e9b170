import type { Viewer } from "../../viewer/viewer.ts";
import { type AskedForm, channelFormModel } from "./form-model.ts";

/** What `/channels/new` shows; one's own mail needs the server of a channel of all. */
export function newChannelModel(viewer: Viewer, asked: AskedForm, hasDefaultRule: boolean, now: number) {
  const { t } = viewer;
  const { of, form, vias } = asked;
  const { kind, isOwn } = of;
  return {
    ...channelFormModel(viewer, asked, now),
    title: t(isOwn ? `channels.newOwn.${kind}` : `channels.newShared.${kind}`),
    withRule: {
      text: t("channels.field.withRule"),
      hint: t("channels.hint.withRule"),
      isTicked: hasDefaultRule,
    },
    refusal: form.problems.all ? t(form.problems.all, form.limits) : null,
    isWithoutVia: isOwn && vias.length === 0,
  };
}
