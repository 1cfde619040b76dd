// Statements with a name: prepared once on each connection, and listed, so that each can be proved under its role.

/** A statement that runs on a hot path. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Never set: it carries the row's type. */
  readonly row?: Row;
}

const byName = new Map<string, Statement<unknown>>();
const nameByText = new Map<string, string>();

/** PostgreSQL would cut a longer name, and could then take one statement for another. */
const LONGEST_NAME = 63;

/** @throws Error when the name is taken or too long */
export function defineStatement<Row>(name: string, text: string): Statement<Row> {
  if (byName.has(name)) throw new Error(`Two statements are called ${name}`);
  if (name.length > LONGEST_NAME) throw new Error(`The statement name ${name} is too long`);
  const statement = { name, text };
  byName.set(name, statement);
  nameByText.set(text, name);
  return statement;
}

/** Every statement that was defined, in the order of definition. */
export const definedStatements = (): readonly Statement<unknown>[] => [...byName.values()];

/** The name under which to prepare a text; undefined for what a query builder made for once. */
export const nameOf = (text: string): string | undefined => nameByText.get(text);

/** What runs statements: all that a part of the platform needs of a module's database. */
export interface Runner {
  run<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
}
