// One product: names, price, stock warning, attributes; or a new one. Only what was changed here is sent.
import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import { api, queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { useAction, useSay } from "../parts/action.js";
import { AmountField } from "../parts/AmountField.js";
import { CountField } from "../parts/CountField.js";
import { Names } from "../parts/Names.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { SheetFoot } from "../parts/SheetFoot.js";
import { useRestaurant } from "../restaurant.js";
import { useReread, useSettings } from "../settings.js";
import { manager } from "../words.js";
import { AttributeFields } from "./AttributeFields.js";
import { PhotoField } from "./PhotoField.js";
import { draftOf, newProductOf, patchOf, rebase } from "./product-draft.js";
import classes from "./Products.module.css";
import { putOnMenu } from "./put-on-menu.js";
import { products } from "./words.js";

interface ProductSheetProps {
  readonly product: Product | undefined;
  onClose(this: void): void;
}

export function ProductSheet({ product: opened, onClose }: ProductSheetProps) {
  const t = useWords(products);
  const words = useWords(manager);
  const language = useLanguage();
  const client = useQueryClient();
  const restaurant = useRestaurant();
  const say = useSay();
  const reread = useReread();
  const { busy, problem, run } = useAction();
  const { data: schema } = useQuery(queries.inventory.attributes.get.queryOptions());
  const { data: settings } = useSettings();
  const [known, setKnown] = useState(opened);
  const [draft, setDraft] = useState(() => draftOf(opened, restaurant));
  const [category, setCategory] = useState("");
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));

  const learn = (before: Product, now: Product) => {
    setKnown(now);
    setDraft((typed) => rebase(typed, before, now, restaurant));
  };
  const update = async (product: Product, patch: object) => {
    try {
      setKnown(
        await api.inventory.products.update({ id: product.id, version: product.version, ...patch }),
      );
    } catch (error) {
      // The next try is on what others made of it, which is shown.
      if (problemOf(error).code === "version-conflict")
        learn(product, await api.inventory.products.get({ id: product.id }));
      throw error;
    } finally {
      await client.invalidateQueries({ queryKey: queries.inventory.key() });
    }
  };
  const save = () =>
    run(async () => {
      if (known) {
        await update(known, patchOf(known, draft, restaurant));
        say(words("manager.saved"));
      } else {
        const fresh = newProductOf(draft, restaurant);
        if (!fresh) return;
        const { id } = await api.inventory.products.create(fresh);
        const placed = category === "" || (await putOnMenu(id, category));
        say(placed ? words("manager.saved") : t("products.not-on-menu-yet"));
        await reread();
      }
      onClose();
    });
  const archive = (product: Product) =>
    run(async () => {
      const archived = !product.archived;
      await update(product, { ...patchOf(product, draft, restaurant), archived });
      const name = pick(product.name, language);
      say(archived ? t("products.archived-said", { name }) : t("products.restored-said", { name }));
      onClose();
    });

  return (
    <Sheet
      size={820}
      title={opened ? pick(opened.name, language) : t("products.new")}
      onClose={onClose}
    >
      <form
        className={parts["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {known && <PhotoField product={known} onChange={(now) => learn(known, now)} />}
        <Names value={draft.name} onChange={(name) => change({ name })} />
        <div className={classes["three"]}>
          <AmountField
            label={t("products.price-label")}
            value={draft.price}
            onChange={(price) => change({ price })}
          />
          {known ? (
            <TextInput size="md" label={t("products.sku")} value={known.sku} readOnly />
          ) : (
            <TextInput
              size="md"
              label={t("products.sku")}
              description={t("products.sku-hint")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              required
              pattern="[A-Za-z0-9._\-]+"
              maxLength={40}
              value={draft.sku}
              onChange={(event) => change({ sku: event.currentTarget.value })}
            />
          )}
          {!known && (
            <NativeSelect
              size="md"
              label={t("products.put-in")}
              value={category}
              data={[
                { value: "", label: t("products.off-menu") },
                ...(settings?.categories ?? []).map(({ code, name }) => ({
                  value: code,
                  label: pick(name, language),
                })),
              ]}
              onChange={(event) => setCategory(event.currentTarget.value)}
            />
          )}
        </div>
        <p className={parts["note"]}>{t("products.price-note")}</p>
        <Switch
          size="md"
          withThumbIndicator={false}
          label={t("products.counting")}
          checked={draft.counted}
          onChange={(event) => change({ counted: event.currentTarget.checked })}
        />
        {draft.counted && (
          <div className={classes["three"]}>
            {!known && (
              <CountField
                label={t("products.first-count")}
                required
                value={draft.stock}
                onChange={(stock) => change({ stock })}
              />
            )}
            <CountField
              label={t("products.low-at")}
              value={draft.lowStockAt}
              onChange={(lowStockAt) => change({ lowStockAt })}
            />
          </div>
        )}
        <fieldset>
          <legend>{t("products.attributes")}</legend>
          {schema &&
            (schema.fields.length === 0 ? (
              <p className={parts["note"]}>{t("products.no-attributes")}</p>
            ) : (
              <AttributeFields
                key={known?.version}
                fields={schema.fields}
                value={draft.attributes}
                onChange={(attributes) => change({ attributes })}
              />
            ))}
        </fieldset>
        <SheetFoot problem={problem} busy={busy} onCancel={onClose}>
          {known && (
            <Button
              variant="light"
              color={known.archived ? "leaf" : "chilli"}
              size="md"
              loading={busy}
              onClick={() => void archive(known)}
            >
              {words(known.archived ? "manager.restore" : "manager.archive")}
            </Button>
          )}
        </SheetFoot>
      </form>
    </Sheet>
  );
}
