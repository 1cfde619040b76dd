// What is asked of the server for what is typed, and what is refused before.
import { describe, expect, it } from "vitest";
import { UsageError } from "./arguments.js";
import { type Api, ApiError } from "./server.js";
import { readCommand } from "./staff-command.js";

const person = (name: string, over: object = {}) => ({
  id: `id-of-${name}`,
  name,
  role: "manager",
  mustChangePin: false,
  sample: false,
  hasPassword: false,
  archived: false,
  version: 3,
  ...over,
});

function serving(people: object[], refusals: Error[] = []) {
  const sent: { path: string; body: { version: number; pin: string } }[] = [];
  const api: Api = {
    url: "http://till",
    call: <T>(method: string, path: string, body?: unknown) => {
      if (method === "GET") return Promise.resolve({ items: people } as T);
      sent.push({ path, body: body as { version: number; pin: string } });
      const refusal = refusals.shift();
      return refusal ? Promise.reject(refusal) : Promise.resolve({} as T);
    },
  };
  return { api, sent };
}

describe("reset-pin", () => {
  it("sets a PIN that nobody chose and says it, for the one who works here now", async () => {
    const former = person("Daw Hla", { id: "former", archived: true });
    const { api, sent } = serving([former, person("Daw Hla"), person("Ko Aung")]);
    const said = await readCommand(["reset-pin", " daw hla "])(api);
    expect(sent).toMatchObject([{ path: "/api/staff/id-of-Daw Hla", body: { version: 3 } }]);
    const { pin } = sent[0]?.body ?? { pin: "none" };
    expect(pin).toMatch(/^[1-9]\d{7}$/);
    expect(said).toContain(`One-time PIN of Daw Hla: ${pin}`);
  });

  it("finds a name as it is typed, also where marks are kept in another order", async () => {
    const { api } = serving([person("ခန\u1037\u103a")]);
    expect(await readCommand(["reset-pin", "ခန\u103a\u1037"])(api)).toContain("One-time PIN");
  });

  it("takes another one where the server finds it too easy, and gives up on anything else", async () => {
    const weak = new ApiError(422, { type: "/problems/weak-pin", detail: "Too easy." });
    const stale = new ApiError(409, { type: "/problems/version-conflict", detail: "Again." });
    const { api, sent } = serving([person("Daw Hla")], [weak, stale]);
    await expect(readCommand(["reset-pin", "Daw Hla"])(api)).rejects.toThrow("Again.");
    expect(sent).toHaveLength(2);
  });

  it("names who there is when there is nobody of this name", async () => {
    const { api, sent } = serving([person("Daw Hla"), person("Ko Aung")]);
    await expect(readCommand(["reset-pin", "Boss"])(api)).rejects.toThrow(
      "Nobody here is called Boss. There are: Daw Hla, Ko Aung.",
    );
    expect(sent).toEqual([]);
  });
});

it("lists who works here, without those who left", async () => {
  const { api } = serving([
    person("Daw Hla", { hasPassword: true }),
    person("Old", { archived: true }),
    person("Cashier", { sample: true }),
  ]);
  const said = await readCommand(["list"])(api);
  expect(said).toMatch(/Daw Hla +manager +their own +yes/);
  expect(said).toMatch(/Cashier +manager +the sample's, known to all +–/);
  expect(said).not.toContain("Old");
});

it.each([
  [["reset-pin"]],
  [["reset-pin", ""]],
  [["reset-pin", "Daw", "Hla"]],
  [["list", "all"]],
  [["pin"]],
])("refuses %j with what is wrong", (args) => {
  expect(() => readCommand(args)).toThrow(UsageError);
});
