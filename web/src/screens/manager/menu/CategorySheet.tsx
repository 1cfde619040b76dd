// One category: names, the station that cooks it, its place in the list; or a new one.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { api } from "../../../api/client.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { useSay } from "../parts/action.js";
import { Names } from "../parts/Names.js";
import { codeFrom, nameDraft, nameOf } from "../parts/names.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { SheetFoot } from "../parts/SheetFoot.js";
import type { Category, Settings } from "../settings.js";
import { manager } from "../words.js";
import { useEdit } from "./edit.js";
import { menuWords } from "./words.js";

interface CategorySheetProps {
  readonly category: Category | undefined;
  readonly settings: Settings;
  onDone(this: void, code: string): void;
  onClose(this: void): void;
}

export function CategorySheet({ category, settings, onDone, onClose }: CategorySheetProps) {
  const t = useWords(menuWords);
  const words = useWords(manager);
  const language = useLanguage();
  const say = useSay();
  const { categories } = settings;
  const stations = [...new Set(categories.map(({ station }) => station))];
  const [name, setName] = useState(() => nameDraft(category?.name));
  const [station, setStation] = useState(category?.station ?? stations[0] ?? "kitchen");
  const before = category ? categories.indexOf(category) : categories.length;
  const [position, setPosition] = useState(before);
  const { busy, problem, edit } = useEdit((now) => {
    if (!category) return undefined;
    const index = now.categories.findIndex(({ code }) => code === category.code);
    const fresh = now.categories[index];
    if (!fresh) return "gone";
    setName(nameDraft(fresh.name));
    setStation(fresh.station);
    setPosition(index);
    return undefined;
  }, onClose);
  const places = categories.length + (category ? 0 : 1);

  const done = (code: string) => {
    say(words("manager.saved"));
    onDone(code);
    onClose();
  };
  const save = async () => {
    const taken = new Set(categories.map(({ code }) => code));
    const code = category?.code ?? codeFrom(name.en, taken, "category");
    const fields = { code, name: nameOf(name), station: station.trim() };
    const moved = position !== before && { position };
    if (await edit((version) => api.restaurant.edit.category({ ...fields, ...moved, version }))) {
      done(code);
    }
  };
  const remove = async ({ code }: Category) => {
    const gone = await edit((version) =>
      api.restaurant.edit.removeCategory({ params: { code }, query: { version } }),
    );
    if (gone) done("");
  };

  return (
    <Sheet
      title={category ? pick(category.name, language) : t("menu.new-category")}
      onClose={onClose}
    >
      <form
        className={parts["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Names value={name} onChange={setName} />
        <div className={parts["pair"]}>
          <TextInput
            size="md"
            label={t("menu.station")}
            description={t("menu.station-hint")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            required
            pattern="[a-z0-9]+(-[a-z0-9]+)*"
            maxLength={60}
            list="stations"
            value={station}
            onChange={(event) => setStation(event.currentTarget.value)}
          />
          <datalist id="stations">
            {stations.map((known) => (
              <option key={known}>{known}</option>
            ))}
          </datalist>
          <NativeSelect
            size="md"
            label={t("menu.place")}
            value={String(position)}
            data={Array.from({ length: places }, (_, index) => ({
              value: String(index),
              label: String(index + 1),
            }))}
            onChange={(event) => setPosition(Number(event.currentTarget.value))}
          />
        </div>
        {category && (
          <p className={parts["note"]}>
            {t("menu.remove-category-note", { count: category.items.length })}
          </p>
        )}
        <SheetFoot problem={problem} busy={busy} onCancel={onClose}>
          {category && (
            <Button
              variant="light"
              color="chilli"
              size="md"
              loading={busy}
              onClick={() => void remove(category)}
            >
              {t("menu.remove-category")}
            </Button>
          )}
        </SheetFoot>
      </form>
    </Sheet>
  );
}
