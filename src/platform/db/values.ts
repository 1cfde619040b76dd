// How PostgreSQL's values arrive: int8 as an exact number, dates as they are written; the rest as pg does it.
import { type CustomTypesConfig, types as pgTypes } from "pg";

const { INT8, DATE } = pgTypes.builtins;
const INT8_ARRAY = 1016;
const DATE_ARRAY = 1182;
const TEXT_ARRAY = 1009;

/** @throws RangeError rather than to round silently */
function exactInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`${value} is beyond what a number holds exactly`);
  }
  return number;
}

const texts = pgTypes.getTypeParser(TEXT_ARRAY as never, "text") as (
  value: string,
) => (string | null)[];

const own: Readonly<Record<number, (value: string) => unknown>> = {
  [INT8]: exactInteger,
  [DATE]: (value) => value,
  [INT8_ARRAY]: (value) => texts(value).map((one) => (one === null ? null : exactInteger(one))),
  [DATE_ARRAY]: texts,
};

const textParser = (oid: number) => own[oid] ?? (pgTypes.getTypeParser(oid) as unknown);

export const types: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: string) =>
    format === "binary"
      ? pgTypes.getTypeParser(oid, "binary")
      : textParser(oid)) as typeof pgTypes.getTypeParser,
};
