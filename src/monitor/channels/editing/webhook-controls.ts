import { type AskedControls, type Controls, secretControl } from "./controls.ts";

/** The controls of a webhook. */
export function webhookControls(asked: AskedControls): Controls {
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
