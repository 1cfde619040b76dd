// Photos of dishes: what is one, which one counts, and that nothing else is kept.
import { describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { setPhoto } from "./commands/photos.js";
import { MAX_PHOTO_BYTES } from "./contract/photos.js";
import { photoType } from "./rules/photos.js";
import { addDish, eventsOf, inventory, models, parts, refusalOf, useInventory } from "./testing.js";

useInventory();

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const png = (body: string) => Buffer.concat([PNG, Buffer.from(body)]);
const put = (id: string, bytes: Buffer) =>
  inventory.photos.put({ id, data: bytes.toString("base64") });
const photoOf = async (id: string) =>
  (await inventory.photos.list()).items.find(({ productId }) => productId === id)?.photo;
const get = (productId: string, photo: string, seen?: string) =>
  inventory.photos.get({
    params: { productId, photo },
    headers: seen === undefined ? {} : { "if-none-match": seen },
  });

describe("a photo", () => {
  it("is served as it was sent, for ever under its address, and told", async () => {
    const id = await addDish(1);
    const bytes = png("a bowl");
    const product = await put(id, bytes);
    expect(product).toMatchObject({ version: 2, photo: await photoOf(id) });
    const answer = await get(id, product.photo ?? "");
    if (answer.status !== 200) throw new Error("it was not seen before");
    expect(Buffer.from(await answer.body.arrayBuffer())).toEqual(bytes);
    expect(answer.body.type).toBe("image/png");
    expect(answer.headers["cache-control"]).toContain("immutable");
    expect(await get(id, product.photo ?? "", answer.headers.etag)).toMatchObject({ status: 304 });
    expect((await eventsOf(id)).at(-1)?.data).toMatchObject({ productId: id, version: 2 });
  });

  it("takes the place of the one before, and the same one again changes nothing", async () => {
    const id = await addDish(1);
    const first = await put(id, png("first"));
    const second = await put(id, png("second"));
    expect(second.photo).not.toBe(first.photo);
    expect(await put(id, png("second"))).toMatchObject({ version: second.version });
    expect(await photoOf(id)).toBe(second.photo);
  });

  it("is taken away again, also twice", async () => {
    const id = await addDish(1);
    await put(id, png("gone soon"));
    expect(await inventory.photos.remove({ id })).toMatchObject({ photo: null, version: 3 });
    expect(await inventory.photos.remove({ id })).toMatchObject({ photo: null, version: 3 });
    expect(await photoOf(id)).toBeUndefined();
  });

  it("is one of those that were sent at the same moment, and can be seen", async () => {
    const id = await addDish(1);
    await Promise.all(["a", "b", "c", "d"].map((body) => put(id, png(body))));
    const photo = await photoOf(id);
    expect(await get(id, photo ?? "")).toMatchObject({ status: 200 });
  });

  it("leaves no bytes behind for long", async () => {
    const id = await addDish(1);
    await put(id, png("old"));
    const later = { ...parts, clock: () => new Date(Date.now() + 3_600_000) };
    const by = { actor: { id: "boss", name: "Boss" }, by: null, trace: null };
    await setPhoto(later, { id, bytes: png("new") }, by);
    expect(await models.photos.countDocuments({ productId: id })).toBe(1);
    await setPhoto(later, { id, bytes: null }, by);
    expect(await get(id, (await photoOf(id)) ?? "0".repeat(32)).catch(() => "gone")).toBe("gone");
  });

  it("is refused when it is none, too large, or of nothing that is there", async () => {
    const id = await addDish(1);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
    expect(await refusalOf(put(id, svg))).toMatchObject({ code: "INVALID_PHOTO", status: 422 });
    const large = Buffer.concat([PNG, Buffer.alloc(MAX_PHOTO_BYTES)]);
    expect(await refusalOf(put(id, large))).toMatchObject({ code: "INVALID_PHOTO" });
    expect(await refusalOf(put(newId(), png("x")))).toMatchObject({ code: "NOT_FOUND" });
    expect(await photoOf(id)).toBeUndefined();
    expect(await refusalOf(get(id, "0".repeat(32)))).toMatchObject({ code: "NOT_FOUND" });
  });
});

it("knows photos by their first bytes", () => {
  expect(photoType(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toBe("image/jpeg");
  expect(photoType(png(""))).toBe("image/png");
  expect(photoType(Buffer.from("RIFF\0\0\0\0WEBPVP8 ", "latin1"))).toBe("image/webp");
  expect(photoType(Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1"))).toBeUndefined();
  expect(photoType(Buffer.from("GIF89a"))).toBeUndefined();
  expect(photoType(Buffer.alloc(0))).toBeUndefined();
});
