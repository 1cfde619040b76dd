// The wire: whatever the network does to the bytes, the same requests come out, and garbage never does.
import { serialize } from "bson";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "./codec.js";
import {
  BadRequest,
  crc32c,
  encodeReply,
  FrameReader,
  MAX_MESSAGE_BYTES,
  parseRequest,
  ProtocolError,
} from "./wire.js";

const int32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeInt32LE(value, at * 4));
  return bytes;
};

function frame(opCode: number, requestId: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(16 + body.length, requestId, 0, opCode), body]);
}

const body = (command: object) => Buffer.concat([Buffer.from([0]), serialize(command)]);

function sequence(name: string, documents: object[]): Buffer {
  const content = Buffer.concat([
    Buffer.from(`${name}\0`),
    ...documents.map((document) => serialize(document)),
  ]);
  return Buffer.concat([Buffer.from([1]), int32(content.length + 4), content]);
}

const ping = (requestId = 7) => frame(2013, requestId, int32(0), body({ ping: 1, $db: "a" }));

describe("a stream of messages", () => {
  test("is cut into the same messages however the network splits it", () => {
    const stream = Buffer.concat([ping(1), ping(2), ping(3)]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length })), (places) => {
        const cuts = [0, ...places.toSorted((a, b) => a - b), stream.length];
        const reader = new FrameReader();
        const ids = cuts
          .slice(1)
          .flatMap((end, at) => [...reader.push(stream.subarray(cuts[at], end))])
          .map((whole) => parseRequest(whole).requestId);
        expect(ids).toEqual([1, 2, 3]);
        expect(reader.buffered).toBe(0);
      }),
    );
  });

  test.each([0, 15, -1, MAX_MESSAGE_BYTES + 1, 100_000_000])(
    "is refused when a message says it has %i bytes, before they arrive",
    (length) => {
      const reader = new FrameReader();
      expect(() => [...reader.push(int32(length, 1, 0, 2013))]).toThrow(ProtocolError);
    },
  );
});

describe("a message", () => {
  test("brings its document sequences as arrays of the command", () => {
    const request = parseRequest(
      frame(
        2013,
        1,
        int32(0),
        sequence("documents", [{ _id: 1 }, { _id: 2 }]),
        body({ insert: "c", $db: "a" }),
      ),
    );
    expect(request.command["documents"]).toEqual([{ _id: 1 }, { _id: 2 }]);
    expect(request.silent).toBe(false);
  });

  test("with moreToCome waits for no answer", () => {
    expect(parseRequest(frame(2013, 1, int32(2), body({ ping: 1 }))).silent).toBe(true);
  });

  test("with a checksum is taken when it fits and refused when it does not", () => {
    const bare = frame(2013, 1, int32(1), body({ ping: 1 }), Buffer.alloc(4));
    bare.writeUInt32LE(crc32c(bare.subarray(0, -4)), bare.length - 4);
    expect(parseRequest(bare).command).toEqual({ ping: 1 });
    bare.writeUInt32LE(crc32c(bare.subarray(0, -4)) ^ 1, bare.length - 4);
    expect(() => parseRequest(bare)).toThrow(ProtocolError);
  });

  test("has the check value of CRC-32C", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283); // RFC 3720, B.4
  });

  test.each([
    ["an unknown operation", frame(2012, 1, int32(0), body({ ping: 1 }))],
    ["an unknown flag", frame(2013, 1, int32(4), body({ ping: 1 }))],
    ["no body", frame(2013, 1, int32(0), sequence("documents", [{ _id: 1 }]))],
    ["two bodies", frame(2013, 1, int32(0), body({ ping: 1 }), body({ ping: 1 }))],
    ["a section of an unknown kind", frame(2013, 1, int32(0), Buffer.from([9, 5, 0, 0, 0, 0]))],
    ["a section that is cut short", frame(2013, 1, int32(0), Buffer.from([0, 99, 0, 0, 0, 0]))],
  ])("with %s closes the connection", (_, bytes) => {
    expect(() => parseRequest(bytes)).toThrow(ProtocolError);
  });

  test("whose document is damaged is answered", () => {
    const damaged = frame(2013, 5, int32(0), body({ ping: "text" }));
    damaged[25] = 0x7e; // an unknown type of element
    expect(() => parseRequest(damaged)).toThrow(BadRequest);
  });

  test("that nests too deep is answered with Overflow", () => {
    let deep: object = {};
    for (let level = 0; level < 250; level++) deep = { a: deep };
    const error = attempt(() => parseRequest(frame(2013, 5, int32(0), body({ find: deep }))));
    expect(error).toMatchObject({ requestId: 5, reason: { code: 15 } });
  });

  test("of random bytes never does anything but be refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const error = attempt(() => parseRequest(frame(2013, 1, int32(0), bytes)));
        expect(error instanceof ProtocolError || error instanceof BadRequest).toBe(true);
      }),
    );
  });
});

test("the first hello of a driver is understood and answered in its own form", () => {
  const hello = frame(
    2004,
    3,
    int32(0),
    Buffer.from("admin.$cmd\0"),
    int32(0, -1),
    serialize({ ismaster: 1 }),
  );
  const request = parseRequest(hello);
  expect(request).toMatchObject({ command: { ismaster: 1, $db: "admin" }, legacy: true });
  const reply = encodeReply(request, { ok: 1 });
  expect([reply.readInt32LE(8), reply.readInt32LE(12)]).toEqual([3, 1]);
  expect(decode(reply.subarray(36))).toEqual({ ok: 1 });
});

test("an answer that is too large to be written is refused, not cut", () => {
  const large = { text: "x".repeat(17 * 1024 * 1024) };
  const result = attempt(() => encodeReply({ requestId: 1, legacy: false }, large));
  expect((result as { code?: number }).code).toBe(10334);
});

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
