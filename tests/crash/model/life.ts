// One life of the application, whatever it lives in: what the stories ask of it, and how it is told to die.
import type { RestaurantFile } from "#modules/restaurant";

export interface Answer {
  /** `PLACED`, `CANCELLED`, `CHANGED`, `MOVED`; `WAIT`; or the code of a refusal. */
  readonly kind: string;
  readonly body: unknown;
}

export interface Movement {
  readonly id: string;
  readonly productId: string;
  readonly type: "received" | "recount";
  readonly quantity: number;
  readonly reason: string;
}

/** What people do to it. Refusals are answers; anything else that fails is thrown. */
export interface Deeds {
  place(key: string, body: object): Promise<Answer>;
  cancel(id: string, stock: "restock" | "waste"): Promise<Answer>;
  /** Answers with the product's new version. */
  changePrice(productId: string, version: number, price: number): Promise<Answer>;
  move(movement: Movement): Promise<Answer>;
}

export interface Life extends Deeds {
  load(restaurant: RestaurantFile): Promise<unknown>;
  readonly started: Promise<"alive" | "died">;
  isDead(): boolean;
  /** From now on it dies at this point. */
  diesAt(point: string): Promise<void>;
  die(): Promise<void>;
  /** Its answer, or that it died before there was one. */
  ask<Answered>(question: () => Promise<Answered>): Promise<Answered | "died">;
  /** Gives back what it holds of this process. */
  bury(): Promise<void>;
}
