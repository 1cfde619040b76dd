// The face of reporting.
import { z } from "zod";
import { route } from "#platform/contract";
import { text, Uuid } from "#platform/kernel";

export const Entry = z.object({ id: Uuid, label: z.string(), createdAt: z.iso.datetime() });

export const contract = {
  add: route
    .route({
      method: "POST",
      path: "/reporting/entries",
      summary: "Add an entry",
      successStatus: 201,
    })
    .input(z.strictObject({ label: text(100).min(1) }))
    .output(Entry),
  list: route
    .route({ method: "GET", path: "/reporting/entries", summary: "The newest hundred entries" })
    .output(z.object({ items: z.array(Entry) })),
};
