/** What a service writes whose database is broken: its exchange brings new data, which it cannot apply. */
export const DATABASE_DAMAGED = [
  /целостност\S* (баз|бд|данных)/iu,
  /(баз\S*|бд|таблиц\S*)( данных)? .{0,40}поврежд/iu,
  /поврежд\S* .{0,40}(баз|бд|таблиц)/iu,
  /(database|table).{0,40}(corrupt|damaged|malformed)/iu,
  /(corrupt|damaged|malformed).{0,40}(database|table)/iu,
];
