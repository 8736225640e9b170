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

/** What a service writes that could not reach the main server, or lost it. */
export const MAIN_SERVER_SILENT = [
  /нет связи с .{0,20}сервер/iu,
  /связь с .{0,20}сервер\S{0,4} (прерван|потерян)/iu,
  /превышено время ожидания .{0,30}главн\S{0,6} сервер/iu,
  /соединени\S{0,4} .{0,30}(разорван|прерван|потерян|сброшен)/iu,
  /(имя|адрес) .{0,30}сервер\S{0,4} не найден/iu,
  /(connection|network).{0,40}(lost|reset|refused|closed|timed out|unreachable)/iu,
  /(could not|cannot|unable to) (resolve|connect|reach)/iu,
];
