// Finds by name or SKU; `/` goes there, Escape leaves it.
import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useWords } from "../../../words/words.js";
import { manager } from "../words.js";
import classes from "./parts.module.css";

interface SearchFieldProps {
  readonly value: string;
  onChange(this: void, value: string): void;
}

export function SearchField({ value, onChange }: SearchFieldProps) {
  const t = useWords(manager);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      const typing =
        target instanceof HTMLElement &&
        target.closest("input, textarea, select, dialog, [role=dialog]");
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <TextInput
      ref={field}
      size="md"
      className={classes["grow"] ?? ""}
      type="text"
      aria-label={t("manager.search")}
      placeholder={t("manager.search")}
      value={value}
      leftSection={<IconSearch size={20} aria-hidden />}
      rightSection={
        value === "" ? undefined : (
          <CloseButton aria-label={t("manager.clear")} onClick={() => onChange("")} />
        )
      }
      maxLength={100}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") onChange("");
      }}
    />
  );
}
