// A person who works here, as the server tells it.
import type { Api } from "../../../api/client.js";

export type Person = Awaited<ReturnType<Api["auth"]["staff"]["list"]>>["items"][number];
