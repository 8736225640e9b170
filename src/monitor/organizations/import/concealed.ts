/** Holds what must not come into a page, a log or an error message by printing or serializing what it is part of. */
export class Concealed<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  reveal(): Value {
    return this.#value;
  }
}
