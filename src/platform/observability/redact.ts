// Keeps secrets out of logs: by the name of the field, and where they hide inside text. Pure.

const MAX_DEPTH = 6;
const CENSORED = "[redacted]";

/** `token`, `cardToken`, `set-cookie`, `currentPin`…; booleans such as `mustChangePin` tell nothing and stay. */
const SECRET_NAME =
  /^(authorization|proxy-authorization|cookie|set-cookie|approval|pin|token|password|secret|passphrase)$|(Pin|Token|Password|Secret|Cookie|_pin|_token|_password|_secret)s?$/;

const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  // Credentials inside an address: postgres://user:password@host
  [/(\b[a-z][a-z+]{1,20}:\/\/[^\s:/@]{0,100}):[^\s@]{1,200}@/gi, `$1:${CENSORED}@`],
  [/\b(Bearer) [\w.~+/-]{8,2000}=*/gi, `$1 ${CENSORED}`],
  [/\b(tiffin_(?:session|device))=[^;\s"]+/g, `$1=${CENSORED}`],
  [/("?(?:pin|token|password|secret)"?\s*[:=]\s*)"?[^\s",;}]+"?/gi, `$1${CENSORED}`],
];

const redactText = (text: string): string =>
  SECRET_TEXT.reduce((result, [pattern, instead]) => result.replace(pattern, instead), text);

/** A copy without secrets; errors become plain objects with type, message, stack, code and cause. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return "[deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const copy: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const hidden = SECRET_NAME.test(name) && typeof inner !== "boolean" && inner !== null;
    copy[name] = hidden ? CENSORED : redact(inner, depth + 1);
  }
  return copy;
}

function redactError(error: Error, depth: number) {
  const { code, cause } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: redactText(error.message),
    ...(code !== undefined && { code }),
    stack: redactText(error.stack ?? ""),
    ...(error instanceof AggregateError && { errors: redact(error.errors, depth + 1) }),
    ...(cause !== undefined && { cause: redact(cause, depth + 1) }),
  };
}
