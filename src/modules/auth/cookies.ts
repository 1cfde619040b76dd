// The two cookies of auth: the session of whoever is signed in, and the device that was made known. Both are out of
// reach of scripts and never sent along from another site.

export const SESSION_COOKIE = "tiffin_session";
export const DEVICE_COOKIE = "tiffin_device";

const TOKEN = /^[\w-]{20,100}$/;

/** The token in a Cookie header; undefined for what is none of ours. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = (header ?? "").split("; ").find((one) => one.startsWith(`${name}=`));
  const value = pair?.slice(name.length + 1);
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}

/** `secure` behind TLS: then it is never sent without. An age of 0 removes it. */
export const writeCookie = (
  name: string,
  value: string,
  { maxAgeSeconds, secure }: { readonly maxAgeSeconds: number; readonly secure: boolean },
): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure ? "; Secure" : ""}`;

export function readBearer(authorization: string | undefined): string | undefined {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  return token !== undefined && TOKEN.test(token) ? token : undefined;
}
