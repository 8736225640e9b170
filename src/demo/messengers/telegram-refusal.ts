/** An error in the words of the real Bot API. @param parameters such as `migrate_to_chat_id`. */
export function refusal(statusCode: number, description: string, parameters?: object) {
  return Object.assign(new Error(description), { statusCode, parameters });
}

export function badRequest(description: string, parameters?: object) {
  return refusal(400, `Bad Request: ${description}`, parameters);
}
