import texts from "../../translations/ru/organizations.json" with { type: "json" };

/** Why a row cannot be imported, with values for the message, but never a pairing string or a token. */
export interface RowProblem {
  code: keyof typeof texts.import.rowProblem | keyof typeof texts.connectionProblem;
  /** `column`: the name of an `ImportColumn`. */
  values: Record<string, string | number>;
}

export function rowProblem(code: RowProblem["code"], values: RowProblem["values"] = {}): RowProblem {
  return { code, values };
}
