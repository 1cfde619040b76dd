// Holds back a flood: so many requests per minute and address. A signed-in caller has an allowance of its own, so that
// a flood from the same address does not shut out the till. A fixed window in memory is enough for that.
import { isIPv6 } from "node:net";
import { HttpRefusal } from "./problems.js";

const WINDOW_MS = 60_000;
const MAX_KEYS = 50_000;
/** Staff are known by name: only a runaway program reaches this. */
const SIGNED_IN_FACTOR = 10;
/** A credential that was good so recently is not counted as a stranger's before it is checked again. */
const TRUSTED_MS = 60_000;

export interface RateLimit {
  /** Before the caller is known. Throws TOO_MANY_REQUESTS. */
  admit(address: string, credential: string | undefined): void;
  /** After the credential proved good. */
  trust(credential: string): void;
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
export function createRateLimit(perMinute: number, now: () => number = Date.now): RateLimit {
  const trusted = new Map<string, number>();
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

  return {
    admit(address, credential) {
      if (perMinute === 0) return;
      const until = credential === undefined ? 0 : (trusted.get(credential) ?? 0);
      if (credential !== undefined && until > now()) {
        count(`credential ${credential}`, perMinute * SIGNED_IN_FACTOR);
      } else count(callerOf(address), perMinute);
    },
    trust(credential) {
      if (perMinute === 0) return;
      if (trusted.size >= MAX_KEYS) trusted.clear();
      trusted.set(credential, now() + TRUSTED_MS);
    },
  };
}
