// Holds back a flood: so many requests per minute and address. A signed-in caller has an allowance of its own, so that
// a flood from the same address does not shut out the till. A fixed window in memory is enough for that.
import { hash } from "node:crypto";
import { isIPv6 } from "node:net";
import { HttpRefusal } from "./problems.js";

const WINDOW_MS = 60_000;
const MAX_KEYS = 50_000;
/** Staff are known by name: only a runaway program reaches this. */
const SIGNED_IN_FACTOR = 10;
/** A credential that was good within this time, or up to twice as long, is not counted as a stranger's before it is
 *  checked again. */
const TRUSTED_MS = 60_000;
/** Characters of a credential. */
const LONG = 256;

export interface RateLimit {
  /** Before the caller is known. Throws TOO_MANY_REQUESTS. */
  admit(address: string, credential: string | undefined): void;
  /** After the credential proved good. Whatever else a caller sends along with it, they have one allowance. */
  trust(credential: string, caller: string): void;
}

/** A home network is one caller: IPv6 counts by /64. */
export const callerOf = (address: string): string =>
  isIPv6(address) && !address.startsWith("::ffff:") ? networkOf(address) : address;

/** The first four groups, also where `::` stands for some of them, as in every link-local address. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const zeros = tail === undefined ? 0 : 8 - left.length - groups(tail).length;
  return [...left, ...Array<string>(zeros).fill("0"), ...groups(tail ?? "")].slice(0, 4).join(":");
}

/** `perMinute` 0 is without limit. */
export function createRateLimit(
  perMinute: number,
  now: () => number = () => performance.now(),
): RateLimit {
  /** Whose credential proved good, of this minute and of the one before. */
  let trusted = new Map<string, string>();
  let trustedBefore = trusted;
  let trustTurns = 0;
  let counts = new Map<string, number>();
  let windowEnds = 0;

  function count(key: string, limit: number): void {
    const time = now();
    if (time >= windowEnds || counts.size >= MAX_KEYS) {
      counts = new Map();
      windowEnds = time + WINDOW_MS;
    }
    const used = (counts.get(key) ?? 0) + 1;
    counts.set(key, used);
    if (used <= limit) return;
    const seconds = Math.max(1, Math.ceil((windowEnds - time) / 1000));
    throw new HttpRefusal("TOO_MANY_REQUESTS", { headers: { "retry-after": String(seconds) } });
  }

  function turnTrust(): void {
    const time = now();
    if (time < trustTurns && trusted.size < MAX_KEYS) return;
    trustedBefore = time < trustTurns + TRUSTED_MS ? trusted : new Map();
    trusted = new Map();
    trustTurns = time + TRUSTED_MS;
  }

  function callerBy(credential: string): string | undefined {
    turnTrust();
    const key = keyOf(credential);
    return trusted.get(key) ?? trustedBefore.get(key);
  }

  return {
    admit(address, credential) {
      if (perMinute === 0) return;
      const caller = credential === undefined ? undefined : callerBy(credential);
      if (caller === undefined) count(callerOf(address), perMinute);
      else count(`caller ${caller}`, perMinute * SIGNED_IN_FACTOR);
    },
    trust(credential, caller) {
      if (perMinute === 0) return;
      turnTrust();
      trusted.set(keyOf(credential), caller);
    },
  };
}

/** Long ones are kept as their hash: what comes along with a session may be any number of cookies. */
const keyOf = (credential: string): string =>
  credential.length <= LONG ? credential : hash("sha256", credential, "base64url");
