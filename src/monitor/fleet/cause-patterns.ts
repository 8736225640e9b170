/**
 * What a service writes whose database is broken: its exchange brings new data, which it cannot apply. All repetition is
 * bounded, since a POS server may write what it likes.
 */
export const DATABASE_DAMAGED = [
  /целостност\S{0,12} (баз|бд|данных)/iu,
  /(баз\S{0,12}|бд|таблиц\S{0,12})( данных)? .{0,40}поврежд/iu,
  /поврежд\S{0,12} .{0,40}(баз|бд|таблиц)/iu,
  /(database|table).{0,40}(corrupt|damaged|malformed)/iu,
  /(corrupt|damaged|malformed).{0,40}(database|table)/iu,
];
