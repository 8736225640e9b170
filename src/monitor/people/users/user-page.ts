import type { Viewer } from "../../viewer/viewer.ts";
import type { User } from "../registry/users.ts";
import type { UserDetails } from "./find-user-details.ts";
import type { Rights } from "./save-rights.ts";

/** What stands in the forms of a user's page when it is not what is stored. */
export interface UserForms {
  name?: string;
  problems?: Record<string, string>;
  /** The key of a refusal that belongs to no field. */
  refusal?: string;
  /** The key of what was done. */
  notice?: string | null;
  /** Ticks that are not saved yet. */
  rights?: Rights;
  /** Which organizations are shown; the others are there, but hidden. */
  search?: string;
}

export interface UserPage {
  viewer: Viewer;
  user: User;
  details: UserDetails;
  forms: UserForms;
  now: number;
}
