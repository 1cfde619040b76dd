// People and events, over HTTP and by command: a poisoned listener, its retries and causes, the dead letter, the replay
// after mending, the discard; who may, and what is written down of it.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { type DocumentStore, startDocumentStore } from "#platform/embedded";
import { createEmptyDatabase, type TestDatabase } from "../../src/platform/db/testing.js";
import { bootTiffin, type Dish, eventually, line, order, type TestTiffin } from "./tiffin.js";
