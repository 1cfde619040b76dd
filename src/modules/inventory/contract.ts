// The face of inventory: products, their stock and its movements; for other modules, reservations.
import { attributes } from "./contract/attributes.js";
import { photos } from "./contract/photos.js";
import { products } from "./contract/products.js";
import { reservations } from "./contract/reservations.js";
import { movements, stock } from "./contract/stock.js";

export type { AttributeSchema } from "./contract/attributes.js";
export { Movement, Product } from "./contract/shapes.js";
export { NewMovement } from "./contract/stock.js";

export const contract = { products, photos, movements, reservations, stock, attributes };
