// Rows as the statements that take sets of them expect: `jsonb_to_recordset` with columns in snake_case.
const SNAKE = /[A-Z]/g;
const snake = (name: string) => name.replace(SNAKE, (letter) => `_${letter.toLowerCase()}`);
export const snakeKeys = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [snake(key), value as unknown]));
