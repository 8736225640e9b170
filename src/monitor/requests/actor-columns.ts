import type { Selectable } from "kysely";
import type { Actor } from "../audit-log/record-event.ts";
import type { RequestColumns } from "../database/request-tables.ts";

type ActorColumns = Pick<Selectable<RequestColumns>, "user_id" | "user_login" | "user_name" | "user_address">;

/** Who asked, as a row of a request keeps it. */
export function actorColumns({ userId, login, name, address }: Actor): ActorColumns {
  return { user_id: userId, user_login: login, user_name: name, user_address: address };
}

/** Who asked, for what is recorded in their name later. */
export function actorOf(row: ActorColumns): Actor {
  return { userId: row.user_id, login: row.user_login, name: row.user_name, address: row.user_address };
}
