// A form made of the restaurant's own attribute schema: groups within groups, each field with the control that fits.
import { Button, Checkbox, NativeSelect, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { manager } from "../words.js";
import parts from "../parts/parts.module.css";
import { useValidity } from "../parts/validity.js";
import {
  type Attributes,
  controlOf,
  type Field,
  groupOf,
  parseJson,
  parseNumber,
  strangeKeys,
  withValue,
} from "./attributes.js";
import classes from "./Products.module.css";
import { products } from "./words.js";

interface AttributeFieldsProps {
  readonly fields: readonly Field[];
  readonly value: Attributes;
  onChange(this: void, value: Attributes): void;
}

export function AttributeFields({ fields, value, onChange }: AttributeFieldsProps) {
  const t = useWords(products);
  const words = useWords(manager);
  return (
    <div className={classes["attributes"]}>
      {fields.map((field) => (
        <AttributeField
          key={field.key}
          field={field}
          value={value[field.key]}
          onChange={(next) => onChange(withValue(value, field.key, next))}
        />
      ))}
      {strangeKeys(value, fields).map((key) => (
        <div key={key} className={classes["strange"]}>
          <span>
            <b>{key}</b> {JSON.stringify(value[key])}
            <span className={parts["second"]}>{t("products.strange")}</span>
          </span>
          <Button
            variant="default"
            aria-label={`${words("manager.remove")}: ${key}`}
            onClick={() => onChange(withValue(value, key, undefined))}
          >
            {words("manager.remove")}
          </Button>
        </div>
      ))}
    </div>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly value: unknown;
  onChange(this: void, value: unknown): void;
}

function AttributeField({ field, value, onChange }: FieldProps) {
  const t = useWords(products);
  const language = useLanguage();
  const label = pick(field.label, language);
  // Once JSON, always JSON while the form is open: a control must not change under the fingers.
  const [first] = useState(() => controlOf(field, value));
  const control = first.kind === "json" ? first : controlOf(field, value);
  switch (control.kind) {
    case "text":
      return (
        <TextInput
          size="md"
          label={label}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "date":
      return (
        <TextInput
          size="md"
          type="date"
          label={label}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "choice":
      return (
        <NativeSelect
          size="md"
          label={label}
          value={typeof value === "string" ? value : ""}
          data={[{ value: "", label: t("products.not-said") }, ...control.options]}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "boolean":
      return (
        <NativeSelect
          size="md"
          label={label}
          value={typeof value === "boolean" ? String(value) : ""}
          data={[
            { value: "", label: t("products.not-said") },
            { value: "true", label: t("products.yes") },
            { value: "false", label: t("products.no") },
          ]}
          onChange={({ currentTarget }) =>
            onChange(currentTarget.value === "" ? undefined : currentTarget.value === "true")
          }
        />
      );
    case "number":
      return <NumberField label={label} unit={field.unit} value={value} onChange={onChange} />;
    case "list":
      return (
        <TagsInput
          size="md"
          label={label}
          placeholder={t("products.list-hint")}
          value={(value as string[] | undefined) ?? []}
          onChange={onChange}
        />
      );
    case "choices":
      return (
        <Checkbox.Group
          size="md"
          label={label}
          value={(value as string[] | undefined) ?? []}
          onChange={onChange}
        >
          <div className={classes["checks"]}>
            {control.options.map((option) => (
              <Checkbox key={option} size="md" value={option} label={option} />
            ))}
          </div>
        </Checkbox.Group>
      );
    case "group":
      return (
        <fieldset className={classes["group"]}>
          <legend>{label}</legend>
          <AttributeFields fields={control.fields} value={groupOf(value)} onChange={onChange} />
        </fieldset>
      );
    case "json":
      return <JsonField label={label} value={value} onChange={onChange} />;
  }
}

interface TypedFieldProps {
  readonly label: string;
  readonly unit?: string | undefined;
  readonly value: unknown;
  onChange(this: void, value: unknown): void;
}

function NumberField({ label, unit, value, onChange }: TypedFieldProps) {
  const t = useWords(products);
  const [text, setText] = useState(typeof value === "number" ? String(value) : "");
  const fault = parseNumber(text) === null ? t("products.not-number") : undefined;
  const field = useValidity(fault);
  return (
    <TextInput
      ref={field}
      size="md"
      label={label}
      inputMode="decimal"
      rightSection={unit === undefined ? undefined : <span>{unit}</span>}
      rightSectionWidth={56}
      value={text}
      error={fault}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        const number = parseNumber(currentTarget.value);
        if (number !== null) onChange(number);
      }}
    />
  );
}

function JsonField({ label, value, onChange }: TypedFieldProps) {
  const t = useWords(products);
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value, null, 2));
  const fault = parseJson(text) === null ? t("products.not-json") : undefined;
  const field = useValidity(fault);
  return (
    <Textarea
      ref={field}
      size="md"
      label={label}
      description={t("products.json-hint")}
      autosize
      minRows={2}
      maxRows={10}
      value={text}
      error={fault}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        const read = parseJson(currentTarget.value);
        if (read) onChange(read.value);
      }}
    />
  );
}
