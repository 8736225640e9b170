import t from "tap";
import { createPlaces, NoPlaceError } from "../../src/monitor/excel/places.ts";

const STAYING = new AbortController().signal;

t.test("so many get a place, so many wait in turn, and the next is refused", async (t) => {
  const places = createPlaces(1, 2);
  const give = await places.take(STAYING);
  const order: string[] = [];
  const second = places.take(STAYING).then((given) => {
    order.push("second");
    return given;
  });
  const third = places.take(STAYING).then((given) => {
    order.push("third");
    return given;
  });
  await t.rejects(places.take(STAYING), NoPlaceError);
  t.equal(places.waiting(), 2);

  give();
  (await second)();
  (await third)();
  t.same(order, ["second", "third"]);
  t.equal(places.waiting(), 0);
  (await places.take(STAYING))();
});

t.test("who leaves while waiting makes room, and takes no place with them", async (t) => {
  const places = createPlaces(1, 1);
  const give = await places.take(STAYING);
  const leaving = new AbortController();
  const waiting = places.take(leaving.signal);
  leaving.abort(new Error("left"));
  give();
  await t.rejects(waiting, /left/);
  const giveAgain = await places.take(STAYING);
  t.equal(places.waiting(), 0);
  giveAgain();
  await t.rejects(places.take(leaving.signal), /left/);
});
