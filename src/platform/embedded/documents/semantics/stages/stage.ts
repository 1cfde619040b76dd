// What all stages share: their shape, their context, and how they check arguments.
import { type Document, EJSON } from "bson";
import { MongoError } from "../errors.js";
import { compileExpression, type Expression } from "../expression.js";
import { compareNumbers, isDocument, isNumeric, typeOf } from "../values.js";

export interface StageContext {
  readonly now: Date;
  readonly collation: Document | undefined;
  /** The values of `$$name`. */
  readonly variables: Document;
  lookup(collection: string): Iterable<Document>;
  /** Called for each document that a stage looks at; throws when the time is up. */
  tick(): void;
  /** Compiles stages within a stage. */
  compile(pipeline: unknown, context: StageContext): Run;
}
export type Run = (documents: Document[]) => Document[];
export type Stage = (argument: unknown, context: StageContext) => Run;

export const fails = (code: number, message: string) => new MongoError(code, message);
export const expressionIn = (expression: unknown, context: StageContext): Expression =>
  compileExpression(expression, context.variables, context.now);

export function whole(argument: unknown, name: string, code: number): number {
  if (!isNumeric(argument) || !Number.isSafeInteger(Number(String(argument))))
    throw fails(
      code,
      `invalid argument to ${name} stage: Expected a number in: ${name}: ${EJSON.stringify(argument)}`,
    );
  return Number(String(argument));
}

export function documentIn(argument: unknown, code: number, message: string): Document {
  if (!isDocument(argument)) throw fails(code, message);
  return argument;
}

export const each =
  ({ tick }: StageContext, change: (document: Document) => Document): Run =>
  (documents) =>
    documents.map((document) => {
      tick();
      return change(document);
    });

/** One text for all values that are equal in BSON's sense. */
export function keyOf(value: unknown): string {
  const type = typeOf(value);
  switch (type) {
    case "missing":
    case "null":
      return "null";
    case "int":
    case "double":
      return Number.isInteger(value) ? `n${BigInt(value as number)}` : `n${String(value)}`;
    case "long":
      return `n${String(value)}`;
    case "decimal": {
      const number = Number(String(value));
      return compareNumbers(value, number) === 0 ? keyOf(number) : `n${String(value)}`;
    }
    case "string":
      return JSON.stringify(value);
    case "array":
      return `[${(value as unknown[]).map(keyOf).join()}]`;
    case "object":
      return `{${Object.entries(value as Document)
        .map(([name, one]) => `${JSON.stringify(name)}:${keyOf(one)}`)
        .join()}}`;
    default:
      return `${type}${EJSON.stringify(value, { relaxed: false })}`;
  }
}

export const textIn = (spec: Document, name: string, stage: string): string => {
  const value: unknown = spec[name];
  if (typeof value !== "string")
    throw fails(9, `${stage} argument '${name}' must be a string, is type ${typeOf(value)}`);
  return value;
};
