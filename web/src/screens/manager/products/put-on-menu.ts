// Puts a product on the menu. Settings have one version: when somebody else changed them at the same time, it is done
// again on what they made of them.
import { api } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";

const TRIES = 4;

/** Answers whether it is there. */
export async function putOnMenu(productId: string, category: string): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried++) {
    try {
      const { version } = await api.restaurant.settings();
      await api.restaurant.edit.menuItem({ productId, category, version });
      return true;
    } catch (error) {
      if (problemOf(error).code !== "version-conflict") return false;
    }
  }
  return false;
}
