import { CHANNELS_URL } from "../words/addresses.ts";

/** Browsers say here how they are reached. */
export const PUSH_SUBSCRIPTIONS_URL = `${CHANNELS_URL}/push-subscriptions`;
/** Stays what it is: browsers come back to it for years. */
export const PUSH_WORKER_URL = "/push-worker.js";
export const PUSH_ICON_URL = "/push-icon.png";
