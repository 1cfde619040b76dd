// What a client gives back is a stranger's text: only what we could have said is taken for a place.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePlaces, encodePlaces, isAhead, laterOf, NOWHERE, placeOf } from "./places.js";

const publishers = ["kitchen", "orders"];
const place = (position: number, mark = "09ab3c") => ({ position, mark });

describe("the id of an event in the stream", () => {
  it("comes back as what it was", () => {
    const position = fc.integer({ min: 1, max: 2 ** 53 - 1 });
    const mark = fc.stringMatching(/^[0-9a-f]{6}$/);
    const some = fc.oneof(fc.constant(NOWHERE), fc.record({ position, mark }));
    fc.assert(
      fc.property(some, some, (kitchen, orders) => {
        const places = { kitchen, orders };
        expect(decodePlaces(encodePlaces(places), publishers)).toEqual(places);
      }),
    );
  });

  it.each([
    "",
    "7",
    "kitchen:1.09ab3c",
    "kitchen:1.09ab3c,kitchen:1.09ab3c",
    "kitchen:1.09ab3c,orders:2.09ab3c,payments:0.",
    "kitchen:1.09ab3c,payments:2.09ab3c",
    "kitchen:1.,orders:2.09ab3c",
    "kitchen:0.09ab3c,orders:2.09ab3c",
    "kitchen:-1.09ab3c,orders:2.09ab3c",
    "kitchen:zzzzzzzzzzzz.09ab3c,orders:2.09ab3c",
    "kitchen:1.09ab3c,orders:zzzzzzzzzzz.09ab3c",
    "__proto__:1.09ab3c,orders:2.09ab3c",
    "kitchen:1.09ab3c\norders:2.09ab3c",
  ])("is not %j", (text) => {
    expect(decodePlaces(text, publishers)).toBeUndefined();
  });

  it("is never taken from what was made up", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const places = decodePlaces(text, publishers);
        if (places) expect(encodePlaces(places)).toBe(text);
      }),
    );
  });
});

describe("places", () => {
  it("are compared by each publisher", () => {
    const one = { kitchen: place(5), orders: place(1) };
    const other = { kitchen: place(4), orders: place(2) };
    expect(laterOf(one, other)).toEqual({ kitchen: place(5), orders: place(2) });
    expect(isAhead(one, other)).toBe(true);
    expect(isAhead(one, laterOf(one, other))).toBe(false);
  });

  it("carry the end of the event's id as their mark", () => {
    const event = { id: "01a21353-9aee-766a-bc97-4DA65EB48804" };
    expect(placeOf({ position: 3, event })).toEqual(place(3, "b48804"));
  });
});
