// The trace id that joins a request with all that it causes: events, logs, other modules' work.
import { randomBytes } from "node:crypto";

const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(-|$)/;

/** 32 hex digits. */
export const newTrace = (): string => randomBytes(16).toString("hex");

/** The trace id of a W3C `traceparent` header, or undefined when there is none that is valid.
 *  https://www.w3.org/TR/trace-context/#traceparent-header */
export const traceOf = (traceparent: string | undefined): string | undefined =>
  traceparent === undefined || traceparent.length > 100
    ? undefined
    : TRACEPARENT.exec(traceparent)?.[1];
