// For tests: a module's fresh database, on the embedded store or, when MONGODB_URL is set, on that server.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "mongoose";
import type { Manifest } from "#platform/kernel";
import { startDocumentStore } from "../embedded/documents/index.js";
import { openDocuments } from "./connections.js";

export interface TestDocuments {
  readonly url: string;
  connect(module: string): Promise<Connection>;
  close(): Promise<void>;
}

const quiet = { info: () => undefined, warn: () => undefined };

/** The manifest matters only for the words of a refusal. */
export async function createTestDocuments(manifest: Manifest = {}): Promise<TestDocuments> {
  const server = await openServer();
  const prefix = `tiffin_test_${randomBytes(6).toString("hex")}_`;
  const { url } = server;
  const documents = await openDocuments({ url, logger: quiet, prefix, manifest });
  const connections = new Map<string, Connection>();
  return {
    url,
    async connect(module) {
      const connection = await documents.connect(module);
      connections.set(module, connection);
      return connection;
    },
    async close() {
      for (const connection of connections.values()) await connection.dropDatabase();
      await documents.close();
      await server.stop();
    },
  };
}

async function openServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env["MONGODB_URL"];
  if (url !== undefined && url !== "") return { url, stop: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), "tiffin-documents-"));
  const store = await startDocumentStore({ folder });
  return {
    url: store.url,
    async stop() {
      await store.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
