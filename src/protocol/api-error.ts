import Type, { type Static } from "typebox";

/** The body of every 4xx and 5xx answer of the POS status API. */
export const ApiError = Type.Object({ error: Type.String(), message: Type.String() });
export type ApiError = Static<typeof ApiError>;
