/** Keeps a secret value out of pages, logs and messages when an object that contains it is printed or serialized. */
export class Concealed<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  reveal(): Value {
    return this.#value;
  }
}
