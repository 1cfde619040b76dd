// How PINs, passwords and tokens are kept: argon2id for what people know, SHA-256 for what is random.
import { createHash, randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

// OWASP's second recommendation for argon2id (19 MiB, 2 passes): https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a PIN or a password. The same letters can be typed in two ways; NFC makes them one. */
export const hashSecret = (secret: string): Promise<string> => hash(secret.normalize("NFC"), ARGON);

let decoy: Promise<string> | undefined;

/** Takes as long where there is nothing to compare with, so that nothing can be found out by the clock. */
export async function isSecret(
  stored: string | null | undefined,
  secret: string,
): Promise<boolean> {
  decoy ??= hashSecret(randomBytes(8).toString("hex"));
  const matches = await verify(stored ?? (await decoy), secret.normalize("NFC"));
  return stored !== null && stored !== undefined && matches;
}

export const newToken = (): string => randomBytes(32).toString("base64url");
export const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest();
