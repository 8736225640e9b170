import { type Kysely, sql } from "kysely";

/** Words that people put on POS servers, to find them by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tag (
      id integer primary key autoincrement,
      name text not null,
      name_search text not null unique
    ) strict`.execute(db);
  await sql`
    create table pos_server_tag (
      pos_server_id integer not null references pos_server (id) on delete cascade,
      tag_id integer not null references tag (id) on delete cascade,
      primary key (tag_id, pos_server_id)
    ) strict, without rowid`.execute(db);
  // Looking through the statuses for them is a third of what it is to look into another table for each.
  await sql`alter table pos_status add column tag_ids text`.execute(db);
  await sql`alter table pos_status add column tag_search text`.execute(db);
  await sql`create index pos_server_tag_pos_server on pos_server_tag (pos_server_id)`.execute(db);
  for (const [change, row] of Object.entries({ insert: "new", delete: "old" })) {
    await sql
      .raw(
        `create trigger pos_server_tag_${change}_seen_at_once after ${change} on pos_server_tag
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
    await sql
      .raw(
        `create trigger pos_server_tag_${change}_copied after ${change} on pos_server_tag
         begin
           update pos_status set (tag_ids, tag_search) = (
             select ' ' || group_concat(tag.id, ' ') || ' ', group_concat(tag.name_search, char(10))
             from pos_server_tag join tag on tag.id = pos_server_tag.tag_id
             where pos_server_tag.pos_server_id = ${row}.pos_server_id
           )
           where pos_server_id = ${row}.pos_server_id;
         end`,
      )
      .execute(db);
  }
}
