/** What a button asks for. */
export type ButtonAction = "take" | "release";

/** What a button of a message says when it is pressed. */
export interface ButtonData {
  action: ButtonAction;
  incidentId: number;
}

/** A button's data as messengers keep it, in 64 bytes at most, such as `take:12`. */
export function buttonData(action: ButtonAction, incidentId: number): string {
  return `${action}:${incidentId}`;
}

/** Reads what `buttonData` has written. @returns null when it is something else. */
export function readButtonData(text: string): ButtonData | null {
  const [, action, id] = /^(take|release):([1-9]\d{0,14})$/.exec(text) ?? [];
  if (action !== "take" && action !== "release") return null;
  return { action, incidentId: Number(id) };
}
