/** In the words of the real Bot API. */
export class TelegramRefusal extends Error {
  readonly code: number;
  readonly parameters: TelegramRefusalParameters | undefined;

  constructor(code: number, description: string, parameters?: TelegramRefusalParameters) {
    super(description);
    this.name = "TelegramRefusal";
    this.code = code;
    this.parameters = parameters;
  }
}

export interface TelegramRefusalParameters {
  /** Seconds. */
  retry_after?: number;
  migrate_to_chat_id?: number;
}

export function badRequest(description: string, parameters?: TelegramRefusalParameters): TelegramRefusal {
  return new TelegramRefusal(400, `Bad Request: ${description}`, parameters);
}
