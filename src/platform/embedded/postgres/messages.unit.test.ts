import { describe, expect, it } from "vitest";
import { allows } from "./account.js";
import { explainFailure, isPortTaken, readLogLine, readVersion } from "./messages.js";

describe("the server's log", () => {
  it.each([
    ["checkpointer|ERROR:  could not write", "warn"],
    ["postmaster|FATAL:  out of files", "warn"],
    ["client backend|PANIC:  could not write", "warn"],
    ["client backend|ERROR:  duplicate key", "debug"],
    ["client backend|FATAL:  terminating connection", "debug"],
    ["postmaster|LOG:  listening", "debug"],
    ["something else", "debug"],
  ] as const)("tells %j at level %s", (line, level) => {
    expect(readLogLine(line).level).toBe(level);
  });

  it("names the version", () => {
    expect(readVersion("postmaster|LOG:  starting PostgreSQL 18.4 on x86_64")).toBe("18.4");
    expect(readVersion("postmaster|LOG:  listening")).toBeUndefined();
  });

  it("sees that a port was taken", () => {
    expect(
      isPortTaken(["postmaster|LOG:  could not bind IPv4 address: Address already in use"]),
    ).toBe(true);
    expect(isPortTaken(["postmaster|LOG:  listening"])).toBe(false);
  });
});

describe("why a start failed", () => {
  it.each([
    [
      "postmaster|FATAL:  could not write lock file: No space left on device",
      /disk of \/data is full: free some space/,
    ],
    [
      'FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 1',
      /disk of \/data is full: free some space/,
    ],
    ["postmaster|FATAL:  could not create any TCP/IP sockets", /no free port .* end a program/],
    [
      "postmaster|FATAL:  could not map anonymous shared memory: Cannot allocate memory",
      /too little memory/,
    ],
    [
      'initdb: error: could not access directory "/data": Permission denied',
      /may not read or write in \/data: give/,
    ],
    [
      "setpriv: setresuid failed: Operation not permitted",
      /does not run as root, .* ordinary user/,
    ],
    [
      'startup|PANIC:  could not open file "pg_wal/000000010000000000000001": Too many open files',
      /let this account open more/,
    ],
    ["startup|PANIC:  could not locate a valid checkpoint record", /is damaged: restore it/],
    ["postmaster|FATAL:  configuration file contains errors", /postgresql\.conf are wrong/],
    ["postmaster|FATAL:  something new", /did not start in \/data: mend what it names/],
  ])("explains %j with cause and remedy, and keeps PostgreSQL's words", (line, sentence) => {
    const message = explainFailure(["postmaster|LOG:  starting", line], "/data");
    expect(message).toMatch(sentence);
    expect(message).toContain(line.replace(/^[^|]*\||^initdb: /g, ""));
  });

  it("has a sentence even for silence", () => {
    expect(explainFailure([], "/data")).toMatch(/no message/);
  });
});

describe("what an account may do by a file's mode", () => {
  const file = { mode: 0o100750, uid: 5, gid: 6 };
  it.each([
    ["its owner", { uid: 5, gid: 1 }, true],
    ["its group", { uid: 1, gid: 6 }, true],
    ["others", { uid: 1, gid: 1 }, false],
  ])("is asked for %s", (_who, ids, allowed) => {
    expect(allows(file, ids, 0o5)).toBe(allowed);
  });

  it("gives the owner no more than the owner's bits", () => {
    expect(allows({ mode: 0o077, uid: 5, gid: 6 }, { uid: 5, gid: 6 }, 0o5)).toBe(false);
  });
});
