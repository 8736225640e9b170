import t from "tap";
import { shiftAt } from "../../src/monitor/wall/screen/wall-model.ts";

const HOUR_MS = 3_600_000;

t.test("in every hour it stands one step from where it stood in the hour before", async (t) => {
  const places = new Set<string>();
  for (let hour = 0; hour < 48; hour++) {
    const [place, next] = [shiftAt(hour * HOUR_MS), shiftAt((hour + 1) * HOUR_MS)];
    t.equal(Math.abs(place.x - next.x) + Math.abs(place.y - next.y), 1, `from hour ${hour} on`);
    t.same(shiftAt((hour + 1) * HOUR_MS - 1), place, "within an hour it stays");
    for (const side of [place.x, place.y]) t.ok(side >= 0 && side <= 6);
    places.add(`${place.x} ${place.y}`);
  }
  t.equal(places.size, 24);
});
