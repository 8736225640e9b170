import { EMAIL_SECURITIES, MAX_RECIPIENTS } from "../../notifications/channels/email/connection.ts";
import { type AskedControls, type Control, type Controls, isAnyWrong, secretControl } from "./controls.ts";

/** The controls of a channel that has a mail server. */
export function emailControls(asked: AskedControls): Controls {
  const { t, field, typed, problems, known } = asked;
  const text = (name: "login" | "from" | "to", hint: string): Control => ({
    partial: "field",
    field: field(name, { label: t(`channels.field.${name}`), isRequired: name !== "login", hint }),
  });
  const host: Control = {
    partial: "field",
    field: field("host", {
      ...{ label: t("channels.field.host"), isRequired: true, inputMode: "url" },
      hint: t("channels.hint.host"),
    }),
  };
  return {
    main: [
      text("to", t("channels.hint.to", { maxRecipients: MAX_RECIPIENTS })),
      text("from", t("channels.hint.from")),
      { partial: "pair", pair: [host, port()] },
      securities(),
      {
        partial: "pair",
        pair: [
          text("login", t("channels.hint.login")),
          secretControl(asked, "password", null, known?.hasPassword ?? false),
        ],
      },
    ],
    more: {
      summary: t("channels.more.authorities"),
      isOpen: isAnyWrong(problems, ["authorities"]) || Boolean(typed.authorities),
      controls: [
        {
          partial: "text-area",
          field: field("authorities", {
            label: t("channels.field.authorities"),
            hint: t("channels.hint.authorities"),
          }),
        },
      ],
    },
  };

  function port(): Control {
    const appearance = { isRequired: true, inputMode: "numeric" } as const;
    return { partial: "field", field: field("port", { label: t("channels.field.port"), ...appearance }) };
  }

  function securities(): Control {
    const options = EMAIL_SECURITIES.map((value) => ({
      ...{ value, text: t(`channels.securityOption.${value}`) },
      isChosen: value === typed.security,
    }));
    return {
      partial: "select",
      field: {
        ...field("security", { label: t("channels.field.security"), hint: t("channels.hint.security") }),
        options,
      },
    };
  }
}

/** The controls of one's own mail: by which channel of all, and to which address. */
export function ownEmailControls(
  { t, field, typed }: AskedControls,
  vias: readonly { id: number; name: string }[],
): Controls {
  const options = vias.map(({ id, name }, index) => ({
    ...{ value: String(id), text: name },
    isChosen: typed.via ? typed.via === String(id) : index === 0,
  }));
  return {
    main: [
      {
        partial: "field",
        field: field("to", {
          ...{ label: t("channels.field.ownTo"), isRequired: true, type: "email", autocomplete: "email" },
        }),
      },
      {
        partial: "select",
        field: {
          ...field("via", { label: t("channels.field.via"), hint: t("channels.hint.via") }),
          options,
        },
      },
    ],
    more: null,
  };
}
