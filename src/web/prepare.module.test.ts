// A start does not wait for the screens before it goes on, so what would be thrown here would end it.
import { expect, it, vi } from "vitest";
import { prepareScreens } from "./prepare.js";

vi.mock("./sources.js", () => ({
  ROOT: "/nowhere",
  buildFolder: () => Promise.reject(new Error("ENOENT: no such file or directory, scandir 'web'")),
}));

it("says why only the API is served where there are no screens to be built", async () => {
  expect(await prepareScreens("built")).toEqual({
    warning: expect.stringMatching(
      /^The screens could not be built \(ENOENT: .*\), so only the API is served/,
    ) as string,
  });
});
