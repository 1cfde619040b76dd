// How PostgreSQL's values arrive: int8 as an exact number, dates as they are written; the rest as pg does it.
import { TypeOverrides } from "pg";

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;
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

export const types = new TypeOverrides();
const texts = types.getTypeParser(TEXT_ARRAY, "text") as unknown as (
  value: string,
) => (string | null)[];
types.setTypeParser(INT8, exactInteger);
types.setTypeParser(INT8_ARRAY, (value) =>
  texts(value).map((one) => (one === null ? null : exactInteger(one))),
);
types.setTypeParser(DATE, (value) => value);
types.setTypeParser(DATE_ARRAY, texts);
