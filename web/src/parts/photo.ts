// Where a product's photo is served. It never changes under its address.
export const photoUrl = (productId: string, photo: string): string =>
  `/api/inventory/photos/${productId}/${photo}`;
