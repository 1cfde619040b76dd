// The only manager has forgotten the PIN: whoever runs the machine gives them a new one by command, while the
// restaurant works on.
import { execFile } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bootTiffin, eventually, type TestTiffin } from "./tiffin.js";

let test: TestTiffin;
beforeAll(async () => {
  test = await bootTiffin();
});
afterAll(() => test.stop());

const run = (...args: string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const env = { ...process.env, DATA_DIR: test.dataDir };
    const command = ["--import", "tsx", "src/cli/staff.ts", ...args];
    execFile(process.execPath, command, { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });

it("lets a lone manager in again with a one-time PIN, ends their sessions, and is in the audit log", async () => {
  const { code, output } = await run("reset-pin", "Manager");
  expect([code, output]).toEqual([0, expect.stringMatching(/^One-time PIN of Manager: \d{8}\n/)]);
  const pin = /\d{8}/.exec(output)?.[0] ?? "";
  expect((await test.manager.get("/api/staff")).status).toBe(401);
  expect(
    (await test.nobody.send("POST", "/api/sessions", { name: "Manager", pin: "1111" })).status,
  ).toBe(401);

  const manager = await test.signIn("Manager", pin);
  expect((await manager.get("/api/staff")).body.code).toBe("pin-change-required");
  const chosen = { currentPin: pin, newPin: "73519" };
  expect((await manager.send("PUT", "/api/sessions/current/pin", chosen)).status).toBe(200);
  const again = await test.signIn("Manager", "73519");
  const { items } = await eventually(
    async () => (await again.get("/api/audit?action=staff.change")).body,
    (body: { items: unknown[] }) => body.items.length > 0,
  );
  expect(items).toMatchObject([
    { actor: { name: "Operator" }, subject: { name: "Manager" }, details: { pinReset: true } },
  ]);
  expect(JSON.stringify(items)).not.toContain(pin);
});

it("says in a sentence what cannot be understood", async () => {
  expect(await run("reset-pin", "Nobody")).toMatchObject({
    code: 1,
    output: expect.stringContaining("There are: Cashier, Kitchen, Manager."),
  });
  expect(await run("reset", "Manager")).toMatchObject({
    code: 2,
    output: expect.stringContaining('There is no command "reset Manager".'),
  });
});
