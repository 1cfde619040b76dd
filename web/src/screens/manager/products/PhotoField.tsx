// A product's photo: seen, chosen, taken away. It is saved at once, apart from the rest of the form.
import { Button } from "@mantine/core";
import { IconPhoto } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import { api, queries } from "../../../api/client.js";
import { photoUrl } from "../../../parts/photo.js";
import { useWords } from "../../../words/words.js";
import { manager } from "../words.js";
import { thenRead, useAction, useSay } from "../parts/action.js";
import { Fault } from "../parts/Fault.js";
import classes from "./Products.module.css";
import { shrink } from "./shrink.js";
import { products } from "./words.js";

interface PhotoFieldProps {
  readonly product: Product;
  onChange(this: void, product: Product): void;
}

export function PhotoField({ product, onChange }: PhotoFieldProps) {
  const t = useWords(products);
  const words = useWords(manager);
  const client = useQueryClient();
  const say = useSay();
  const { busy, problem, run } = useAction();
  const [isUnreadable, setUnreadable] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const { id, photo } = product;

  const settle = async (work: Promise<Product>) => {
    onChange(
      await thenRead(work, () => client.invalidateQueries({ queryKey: queries.inventory.key() })),
    );
    say(words("manager.saved"));
  };
  const choose = (chosen: File | undefined) =>
    run(async () => {
      setUnreadable(false);
      if (!chosen) return;
      const data = await shrink(chosen);
      if (data === undefined) setUnreadable(true);
      else await settle(api.inventory.photos.put({ id, data }));
    });

  return (
    <div className={classes["photo"]}>
      {photo === null ? (
        <span className={classes["no-photo"]}>
          <IconPhoto size={36} stroke={1.4} aria-hidden />
          {t("products.no-photo")}
        </span>
      ) : (
        <img src={photoUrl(id, photo)} alt={t("products.photo")} />
      )}
      <div className={classes["photo-buttons"]}>
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          aria-label={t("products.choose-photo")}
          onChange={({ currentTarget }) => {
            void choose(currentTarget.files?.[0]);
            currentTarget.value = "";
          }}
        />
        <Button variant="default" size="md" loading={busy} onClick={() => file.current?.click()}>
          {t("products.choose-photo")}
        </Button>
        {photo !== null && (
          <Button
            variant="default"
            size="md"
            loading={busy}
            onClick={() => void run(() => settle(api.inventory.photos.remove({ id })))}
          >
            {t("products.remove-photo")}
          </Button>
        )}
        <p role="alert" className={classes["unreadable"]}>
          {isUnreadable && t("products.unreadable-photo")}
        </p>
        <Fault problem={problem} />
      </div>
    </div>
  );
}
