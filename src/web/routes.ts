// What a browser must know of the contracts to call them: method and path of each route, and no schema. The screens
// themselves import the contracts' types only.
import { manifest } from "#modules/manifest";
import type { Contract, RouteMeta } from "#platform/contract";

interface Procedure {
  readonly "~orpc": {
    readonly meta: RouteMeta;
    readonly route: Readonly<Record<string, unknown>>;
  };
}

const isProcedure = (node: object): node is Procedure => "~orpc" in node;

/** The shape that oRPC's client reads: a contract without schemas, errors and words. */
function outline(node: object): object | undefined {
  if (!isProcedure(node)) {
    const inner = Object.entries(node).map(([key, child]) => [key, outline(child as object)]);
    return Object.fromEntries(inner.filter(([, child]) => child !== undefined));
  }
  const { meta, route } = node["~orpc"];
  if (meta.internal) return undefined;
  const { method, path, inputStructure, outputStructure } = route;
  return {
    "~orpc": { errorMap: {}, meta: {}, route: { method, path, inputStructure, outputStructure } },
  };
}

/** By module, as JSON. Reads each contract and nothing else of a module. */
export async function readRoutes(): Promise<string> {
  const contracts: Record<string, object | undefined> = {};
  const load = async (name: string, file: string) => {
    const { contract } = (await import(new URL(file, import.meta.url).href)) as {
      contract: Contract;
    };
    contracts[name] = outline(contract);
  };
  for (const name of Object.keys(manifest)) await load(name, `../modules/${name}/contract.ts`);
  await load("system", "../system/contract.ts");
  return JSON.stringify(contracts);
}
