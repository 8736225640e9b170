import type { Test } from "tap";

/** For whom something is started, and with whom it ends: a test, or a program that is none. */
export type Owner = Pick<Test, "teardown">;
