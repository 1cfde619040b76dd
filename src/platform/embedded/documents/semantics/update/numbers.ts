// The update operators that compute: $inc, $mul, $bit. int64 stays exact; Decimal128 is refused.
import { type Document, Long } from "bson";
import { MongoError } from "../errors.js";
import { isDocument, isNumeric, typeOf } from "../values.js";
import type { UpdateOperator } from "./operator.js";

const bad = (message: string) => new MongoError(2, message);
const show = (value: unknown) => JSON.stringify(value);
const idOf = (document: Document) => `{_id: ${show(document["_id"])}}`;

type Integer = number | Long | bigint;
const isDecimal = (value: unknown) => typeOf(value) === "decimal";

export function arithmetic(
  name: "$inc" | "$mul",
  verb: string,
  onBigints: (a: bigint, b: bigint) => bigint,
  onNumbers: (a: number, b: number) => number,
): UpdateOperator {
  return (argument, path) => {
    if (!isNumeric(argument))
      throw new MongoError(
        14,
        `Cannot ${verb} with non-numeric argument: {${path}: ${show(argument)}}`,
      );
    if (isDecimal(argument)) throw bad(`${name} with Decimal128 is not supported by this server`);
    return (current, { document }) => {
      if (current === undefined) return name === "$inc" ? argument : onZero(argument as Integer);
      if (!isNumeric(current)) {
        throw new MongoError(
          14,
          `Cannot apply ${name} to a value of non-numeric type. ${idOf(document)} has the field '${path.split(".").at(-1)}' of non-numeric type ${typeOf(current)}`,
        );
      }
      if (isDecimal(current)) throw bad(`${name} on Decimal128 is not supported by this server`);
      if (typeof current === "number" && typeof argument === "number")
        return onNumbers(current, argument);
      if (typeOf(current) === "double" || typeOf(argument) === "double")
        return onNumbers(Number(current), Number(argument));
      const result = onBigints(toBigInt(current as Integer), toBigInt(argument as Integer));
      if (BigInt.asIntN(64, result) !== result) {
        throw bad(
          `Failed to apply ${name} operations to current value ((NumberLong)${(current as Long).toString()}) for document ${idOf(document)}`,
        );
      }
      return Long.fromBigInt(result);
    };
  };
}
const toBigInt = (value: Integer): bigint =>
  typeof value === "object" ? value.toBigInt() : BigInt(value);
const onZero = (factor: Integer) => (typeof factor === "object" ? Long.ZERO : 0);

const BITS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

export const bit: UpdateOperator = (argument, path) => {
  if (!isDocument(argument))
    throw bad(
      `The $bit modifier is not compatible with a ${typeOf(argument)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  const steps = Object.entries(argument).map(([name, mask]) => {
    const step = Object.hasOwn(BITS, name) ? BITS[name] : undefined;
    if (!step)
      throw bad(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${show(mask)}}`,
      );
    if (typeOf(mask) !== "int" && typeOf(mask) !== "long")
      throw bad(
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeOf(mask)}' is not supported here: {${name}: ${show(mask)}}`,
      );
    return { step, mask: mask as Integer };
  });
  if (steps.length === 0)
    throw bad(
      `You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}`,
    );
  return (current) => {
    if (current !== undefined && typeOf(current) !== "int" && typeOf(current) !== "long") {
      throw bad(
        `Cannot apply $bit to a value of non-integral type. The field '${path}' is of type ${typeOf(current)}`,
      );
    }
    const start = current === undefined ? 0n : toBigInt(current as Integer);
    const result = steps.reduce((value, { step, mask }) => step(value, toBigInt(mask)), start);
    return typeOf(current) === "long" || steps.some(({ mask }) => typeof mask === "object")
      ? Long.fromBigInt(result)
      : Number(BigInt.asIntN(32, result));
  };
};
