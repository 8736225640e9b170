import t from "tap";
import { createPlaces } from "../../src/monitor/workers/places.ts";

const STAYING = new AbortController().signal;
const [ANNA, BORIS, VERA] = [1, 2, 3];

function open(atOnce: number, { maxWaitingEach = 10, maxWaiting = 10 } = {}) {
  const places = createPlaces({ atOnce, maxWaitingEach, maxWaiting });
  const order: string[] = [];
  const take = async (name: string, person: number, signal = STAYING) => {
    const giveUpPlace = await places.take(person, signal);
    order.push(name);
    return giveUpPlace;
  };
  return { places, order, take };
}

t.test("so many get a place, so many wait in turn, and the next is refused", async (t) => {
  const { places, order, take } = open(1, { maxWaiting: 2 });
  const give = await take("first", 1);
  const [second, third] = [take("second", 2), take("third", 3)];
  await t.rejects(places.take(4, STAYING), { name: "NoPlaceError", isOwn: false });
  t.equal(places.waiting(), 2);

  give();
  (await second)();
  (await third)();
  t.same(order, ["first", "second", "third"]);
  t.equal(places.waiting(), 0);
  (await places.take(4, STAYING))();
});

t.test("who leaves while waiting makes room, and takes no place with them", async (t) => {
  const { places } = open(1, { maxWaiting: 1 });
  const give = await places.take(ANNA, STAYING);
  const leaving = new AbortController();
  const waiting = places.take(BORIS, leaving.signal);
  leaving.abort(new Error("left"));
  give();
  await t.rejects(waiting, /left/);
  const giveAgain = await places.take(ANNA, STAYING);
  t.equal(places.waiting(), 0);
  giveAgain();
  await t.rejects(places.take(BORIS, leaving.signal), /left/);
});

t.test("one person works on one thing at a time, though there are places", async (t) => {
  const { places, order, take } = open(2);
  const give = await take("Anna 1", ANNA);
  const more = [take("Anna 2", ANNA), take("Anna 3", ANNA)];
  t.equal(places.waiting(), 2);
  const giveOther = await take("Boris", BORIS);
  giveOther();
  t.same(order, ["Anna 1", "Boris"]);
  give();
  for (const place of more) (await place)();
  t.same(order, ["Anna 1", "Boris", "Anna 2", "Anna 3"]);
});

t.test("whoever asks for much waits behind those who ask for little", async (t) => {
  const { order, take } = open(1);
  const give = await take("Anna 1", ANNA);
  const waiting = [
    take("Anna 2", ANNA),
    take("Anna 3", ANNA),
    take("Boris 1", BORIS),
    take("Boris 2", BORIS),
    take("Vera", VERA),
  ];
  give();
  await Promise.all(waiting.map(async (place) => (await place)()));
  t.same(order, ["Anna 1", "Anna 2", "Boris 1", "Vera", "Anna 3", "Boris 2"]);
});

t.test("a flood of one person is refused, and takes no room of others", async (t) => {
  const { places, take } = open(1, { maxWaitingEach: 2 });
  const give = await take("Anna 1", ANNA);
  const waiting = [take("Anna 2", ANNA), take("Anna 3", ANNA)];
  await t.rejects(places.take(ANNA, STAYING), { name: "NoPlaceError", isOwn: true });
  waiting.push(take("Boris", BORIS));
  give();
  await Promise.all(waiting.map(async (place) => (await place)()));
  t.equal(places.waiting(), 0);
});
