// What a refusal lists beside its words: each value that is wrong, with the reason. Pure.

interface Listed {
  readonly path?: unknown;
  readonly message?: unknown;
  readonly detail?: unknown;
}

/** Lines for people, from the members that problems of all modules have: `errors` or `items`. */
export function faultLines(data: Readonly<Record<string, unknown>>): string[] {
  const list = [data["errors"], data["items"]].find((member) => Array.isArray(member)) ?? [];
  return (list as readonly Listed[]).flatMap(({ path, message, detail }) => {
    const what = typeof message === "string" ? message : detail;
    if (typeof what !== "string") return [];
    return [typeof path === "string" && path !== "" ? `${path}: ${what}` : what];
  });
}
