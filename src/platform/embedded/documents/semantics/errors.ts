// MongoDB's own error numbers and names: https://github.com/mongodb/mongo/blob/v7.0/src/mongo/base/error_codes.yml
import type { Document } from "bson";

export const CODE_NAMES = {
  1: "InternalError",
  2: "BadValue",
  8: "UnknownError",
  9: "FailedToParse",
  11: "UserNotFound",
  13: "Unauthorized",
  14: "TypeMismatch",
  15: "Overflow",
  16: "InvalidLength",
  17: "ProtocolError",
  18: "AuthenticationFailed",
  20: "IllegalOperation",
  26: "NamespaceNotFound",
  27: "IndexNotFound",
  28: "PathNotViable",
  40: "ConflictingUpdateOperators",
  43: "CursorNotFound",
  48: "NamespaceExists",
  50: "MaxTimeMSExpired",
  52: "DollarPrefixedFieldName",
  54: "NotSingleValueField",
  55: "InvalidDBRef",
  56: "EmptyFieldName",
  59: "CommandNotFound",
  66: "ImmutableField",
  67: "CannotCreateIndex",
  68: "IndexAlreadyExists",
  72: "InvalidOptions",
  73: "InvalidNamespace",
  85: "IndexOptionsConflict",
  86: "IndexKeySpecsConflict",
  115: "CommandNotSupported",
  121: "DocumentValidationFailure",
  146: "ExceededMemoryLimit",
  168: "InvalidPipelineOperator",
  171: "CannotIndexParallelArrays",
  197: "InvalidIndexSpecificationOption",
  249: "FailPointSetFailed",
  10334: "BSONObjectTooLarge",
  11000: "DuplicateKey",
} as const;

/** Refuses an operation the way MongoDB does. Numbers without a name are called `Location<number>`. */
export class MongoError extends Error {
  readonly codeName: string;
  constructor(
    readonly code: number,
    message: string,
    readonly extra?: Document,
  ) {
    super(message);
    this.codeName = (CODE_NAMES as Readonly<Record<number, string>>)[code] ?? `Location${code}`;
  }
}
