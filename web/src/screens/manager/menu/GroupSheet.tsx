// One group of choices: names, how many one must and may take, and each choice with what it costs more.
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { api } from "../../../api/client.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { useSay } from "../parts/action.js";
import { AmountField } from "../parts/AmountField.js";
import { Names } from "../parts/Names.js";
import { nameDraft } from "../parts/names.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { SheetFoot } from "../parts/SheetFoot.js";
import { useRestaurant } from "../restaurant.js";
import type { ModifierGroup, Settings } from "../settings.js";
import { manager } from "../words.js";
import { useEdit } from "./edit.js";
import { type ChoiceDraft, groupDraft, groupOf } from "./group-draft.js";
import { dishesWith } from "./dishes-with.js";
import { menuWords } from "./words.js";

const MOST = 20;

interface GroupSheetProps {
  readonly group: ModifierGroup | undefined;
  readonly settings: Settings;
  onClose(this: void): void;
}

const newChoice = (): ChoiceDraft => ({
  key: crypto.randomUUID(),
  code: undefined,
  name: nameDraft(),
  price: "0",
});

export function GroupSheet({ group, settings, onClose }: GroupSheetProps) {
  const t = useWords(menuWords);
  const words = useWords(manager);
  const language = useLanguage();
  const say = useSay();
  const { decimals } = useRestaurant();
  const [draft, setDraft] = useState(() => {
    const read = groupDraft(group, decimals);
    return group ? read : { ...read, choices: [newChoice()] };
  });
  const { busy, problem, edit } = useEdit((now) => {
    if (!group) return undefined;
    const fresh = now.modifierGroups.find(({ code }) => code === group.code);
    if (!fresh) return "gone";
    setDraft(groupDraft(fresh, decimals));
    return undefined;
  }, onClose);
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const changeChoice = (key: string, part: Partial<ChoiceDraft>) =>
    change({
      choices: draft.choices.map((choice) =>
        choice.key === key ? { ...choice, ...part } : choice,
      ),
    });
  const finish = () => {
    say(words("manager.saved"));
    onClose();
  };
  const save = async () => {
    const taken = new Set(settings.modifierGroups.map(({ code }) => code));
    const wanted = groupOf(draft, group?.code, taken, decimals);
    if (!wanted) return;
    if (await edit((version) => api.restaurant.edit.modifierGroup({ ...wanted, version })))
      finish();
  };
  const remove = async ({ code }: ModifierGroup) => {
    const gone = await edit((version) =>
      api.restaurant.edit.removeModifierGroup({ params: { code }, query: { version } }),
    );
    if (gone) finish();
  };
  const numbers = (from: number) =>
    Array.from({ length: MOST + 1 - from }, (_, index) => String(from + index));

  return (
    <Sheet
      size={760}
      title={group ? pick(group.name, language) : t("menu.new-group")}
      onClose={onClose}
    >
      <form
        className={parts["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Names value={draft.name} onChange={(name) => change({ name })} />
        <div className={parts["pair"]}>
          <NativeSelect
            size="md"
            label={t("menu.min")}
            value={draft.min}
            data={numbers(0)}
            onChange={(event) => change({ min: event.currentTarget.value })}
          />
          <NativeSelect
            size="md"
            label={t("menu.max")}
            value={draft.max}
            data={numbers(1)}
            onChange={(event) => change({ max: event.currentTarget.value })}
          />
        </div>
        {draft.choices.map((choice, index) => (
          <fieldset key={choice.key}>
            <legend>{t("menu.choice", { number: index + 1 })}</legend>
            <Names
              value={choice.name}
              onChange={(name) => changeChoice(choice.key, { name })}
              quiet
            />
            <div className={parts["pair"]}>
              <AmountField
                label={t("menu.extra-price")}
                value={choice.price}
                onChange={(price) => changeChoice(choice.key, { price })}
              />
              <Button
                variant="default"
                size="md"
                className={parts["low"] ?? ""}
                aria-label={`${words("manager.remove")}: ${t("menu.choice", { number: index + 1 })}`}
                disabled={draft.choices.length === 1}
                onClick={() =>
                  change({ choices: draft.choices.filter(({ key }) => key !== choice.key) })
                }
              >
                {words("manager.remove")}
              </Button>
            </div>
          </fieldset>
        ))}
        <div>
          <Button
            variant="default"
            size="md"
            onClick={() => change({ choices: [...draft.choices, newChoice()] })}
          >
            {t("menu.add-choice")}
          </Button>
        </div>
        {group && (
          <p className={parts["note"]}>
            {t("menu.remove-group-note", { count: dishesWith(settings, group.code) })}
          </p>
        )}
        <SheetFoot problem={problem} busy={busy} onCancel={onClose}>
          {group && (
            <Button
              variant="light"
              color="chilli"
              size="md"
              loading={busy}
              onClick={() => void remove(group)}
            >
              {t("menu.remove-group")}
            </Button>
          )}
        </SheetFoot>
      </form>
    </Sheet>
  );
}
