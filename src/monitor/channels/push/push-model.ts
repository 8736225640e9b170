import type { Viewer } from "../../viewer/viewer.ts";
import { CHANNELS_URL } from "../words/addresses.ts";
import { PUSH_SUBSCRIPTIONS_URL, PUSH_WORKER_URL } from "./addresses.ts";

/** Why a browser cannot be told, as far as it knows by itself. */
const OBSTACLES = [
  "insecure",
  "homeScreen",
  "unsupported",
  "denied",
  "dismissed",
  "untrusted",
  "service",
  "unreachable",
  "failed",
] as const;

/** What the part of `/channels` shows by which somebody is told in their browser. @param publicKey of the installation. */
export function pushModel({ t }: Pick<Viewer, "t">, publicKey: string) {
  return {
    path: PUSH_SUBSCRIPTIONS_URL,
    publicKey,
    worker: PUSH_WORKER_URL,
    /** The pages that belong to the worker: only to these it is of use. */
    scope: CHANNELS_URL,
    texts: JSON.stringify(
      Object.fromEntries(OBSTACLES.map((obstacle) => [obstacle, t(`push.obstacle.${obstacle}`)])),
    ),
  };
}
