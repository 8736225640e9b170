import { foldFields, PLACE } from "../../src/agent/teaching/log-kinds.ts";
import { FOLDED_NUMBER } from "../../src/protocol/taught-pattern.ts";

/** The text of a rare line's kind: of the values of its fields only codes are kept. */
export function foldLine(text: string): string {
  const { text: folded, values, isCode } = foldFields(text);
  let index = -1;
  return folded.replaceAll(PLACE, () => {
    index += 1;
    return isCode[index] ? (values[index] ?? "") : FOLDED_NUMBER;
  });
}
