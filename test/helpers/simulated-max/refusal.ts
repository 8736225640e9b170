/** What a call to the simulated MAX is refused with, as the real one words it. */
export class MaxRefusal extends Error {
  readonly status: number;
  /** `chat.denied` */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "MaxRefusal";
    this.status = status;
    this.code = code;
  }
}

/** A call that is refused as it is. */
export function badPayload(message: string): MaxRefusal {
  return new MaxRefusal(400, "proto.payload", message);
}
