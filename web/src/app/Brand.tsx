// The name of the house: a small tiffin carrier, three boxes on one handle.
import classes from "./Brand.module.css";

export function Brand() {
  return (
    <span className={classes["brand"]}>
      <img src="/tiffin.svg" alt="" width={32} height={32} />
      <span>Tiffin</span>
    </span>
  );
}
