import type { UpdateRefusal } from "../../protocol/agent-update.ts";

const REASONS: Record<UpdateRefusal, string> = {
  not_updatable: "Nothing can replace this agent where it runs.",
  invalid_signature: "This was not signed by the key that this agent knows.",
  damaged: "The code is not that of the manifest.",
  not_newer: "This agent has that version, or a later one.",
  rejected: "That version did not start here before.",
  busy: "Something else is under way on this POS server.",
  not_written: "The update cannot be written.",
};

/** An update that is not taken, as the monitor is told. */
export class UpdateRefusedError extends Error {
  readonly refusal: UpdateRefusal;

  constructor(refusal: UpdateRefusal, message = REASONS[refusal]) {
    super(message);
    this.refusal = refusal;
  }
}
