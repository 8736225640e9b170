import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { searchText } from "../../database/text.ts";
import { type ChannelTerms, MAX_OWN_CHANNELS, MAX_SHARED_CHANNELS, type WantedChannel } from "./channel.ts";

/** Why a channel cannot be saved: one of that name is there, there are enough, or the one that it goes through is not there. */
export type ChannelProblem = "nameTaken" | "tooMany" | "noVia";

/** Looks for what keeps a channel from being saved; null = nothing. @param id of one that is changed. */
export async function findChannelProblem(
  trx: Kysely<Database>,
  ownerId: number | null,
  { name, terms }: WantedChannel,
  id: number | null,
): Promise<ChannelProblem | null> {
  const others = (
    await trx.selectFrom("channel").select(["id", "name"]).where("user_id", "is", ownerId).execute()
  ).filter((other) => other.id !== id);
  const most = ownerId === null ? MAX_SHARED_CHANNELS : MAX_OWN_CHANNELS;
  if (id === null && others.length >= most) return "tooMany";
  if (others.some((other) => searchText(other.name) === searchText(name))) return "nameTaken";
  return terms.viaId === null || (await isSharedServer(trx, terms)) ? null : "noVia";
}

async function isSharedServer(trx: Kysely<Database>, { viaId, kind }: ChannelTerms): Promise<boolean> {
  const via = await trx
    .selectFrom("channel")
    .select("id")
    .where("id", "=", viaId)
    .where("kind", "=", kind)
    .where("user_id", "is", null)
    .executeTakeFirst();
  return via !== undefined;
}
