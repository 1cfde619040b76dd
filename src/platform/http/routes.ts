// Every route of contracts or routers as a flat list, and every problem they declare. Pure.
import { type AnyRouter, isProcedure } from "@orpc/server";
import { type Contract, problemCode, type RouteMeta } from "#platform/contract";
import { httpProblems } from "./problems.js";

export interface DeclaredError {
  /** kebab-case, as in a problem. */
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

export interface RouteEntry {
  readonly module: string;
  /** Where it stands in the contracts: `orders.place`. */
  readonly name: string;
  readonly method: string;
  /** Without /api. */
  readonly path: string;
  readonly meta: RouteMeta;
  readonly errors: readonly DeclaredError[];
}

interface Definition {
  readonly meta: RouteMeta;
  readonly route: { readonly method?: string; readonly path?: string };
  readonly errorMap: Readonly<Record<string, { status?: number; message?: string } | undefined>>;
}

type Tree = Readonly<Record<string, AnyRouter | Contract>> | Contract;

const definitionOf = (node: object): Definition | undefined =>
  isProcedure(node) || "~orpc" in node ? (node as { "~orpc": Definition })["~orpc"] : undefined;

/** `tree` is keyed by module. */
export function listRoutes(tree: Tree): RouteEntry[] {
  const routes: RouteEntry[] = [];
  const visit = (node: object, path: readonly string[]) => {
    const definition = definitionOf(node);
    if (!definition) {
      for (const [key, child] of Object.entries(node)) visit(child as object, [...path, key]);
      return;
    }
    const { meta, route, errorMap } = definition;
    routes.push({
      module: path[0] ?? "",
      name: path.join("."),
      method: route.method ?? "POST",
      path: route.path ?? `/${path.join("/")}`,
      meta,
      errors: Object.entries(errorMap).map(([code, error]) => ({
        code: problemCode(code),
        status: error?.status ?? 500,
        message: error?.message ?? "",
      })),
    });
  };
  visit(tree, []);
  return routes;
}

/** Every problem code that the HTTP face can answer, sorted: to be compared with docs/errors.md. */
export function listProblemCodes(tree: Tree): string[] {
  const declared = listRoutes(tree).flatMap(({ errors }) => errors.map((error) => error.code));
  return [...new Set([...declared, ...Object.keys(httpProblems).map(problemCode)])].sort();
}
