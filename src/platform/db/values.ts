// How PostgreSQL's values arrive: int8 as an exact number, dates as they are written; the rest as pg does it.
import pg from "pg";

const { INT8, DATE } = pg.types.builtins;
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

const texts = pg.types.getTypeParser(TEXT_ARRAY as never, "text") as (
  value: string,
) => (string | null)[];

const own: Readonly<Record<number, (value: string) => unknown>> = {
  [INT8]: exactInteger,
  [DATE]: (value) => value,
  [INT8_ARRAY]: (value) => texts(value).map((one) => (one === null ? null : exactInteger(one))),
  [DATE_ARRAY]: texts,
};

export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text") =>
    (format !== undefined && format !== "text" ? undefined : own[oid]) ??
    pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};
